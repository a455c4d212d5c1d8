// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import Chargebee from "chargebee";
import { customer, halves, key, rejection } from "./sandbox.mjs";

export const hosts = [];

const wire = {
  id: customer.merchantCustomerId,
  first_name: customer.firstName,
  last_name: customer.lastName,
  email: customer.email,
  phone: customer.phone,
};
const headers = { "chargebee-idempotency-key": key };

/** A site has a host of its own; here it is the sandbox's. */
function customers({ port }, credential) {
  const [, apiKey] = halves(credential);
  return new Chargebee({ site: "localhost", hostSuffix: "", port, apiKey }).customer;
}

const service = (sandbox) => customers(sandbox, sandbox.credential);

async function refused(promise, status, code) {
  const error = await rejection(promise);
  assert.deepEqual([error.http_status_code, error.api_error_code], [status, code], JSON.stringify(error));
  return error;
}

export const cases = {
  async documented(sandbox) {
    const all = service(sandbox);
    const { customer: made } = await all.create(wire, headers);
    const { customer: found } = await all.retrieve(made.id);
    assert.deepEqual(found, made);
    for (const [name, value] of Object.entries(wire)) assert.equal(found[name], value, name);
    const { list } = await all.list({ limit: 5, email: { is: wire.email } });
    assert.deepEqual(list.map((each) => each.customer.id), [wire.id]);
    return made.id;
  },

  async repeated(sandbox) {
    const all = service(sandbox);
    const first = await all.create(wire, headers);
    assert.equal(first.isIdempotencyReplayed, false);
    const second = await all.create(wire, headers);
    assert.equal(second.isIdempotencyReplayed, "true");
    assert.deepEqual(second.customer, first.customer);
    await refused(all.create({ ...wire, last_name: "Roe" }, headers), 422, "unable_to_process_request");
    return first.customer.id;
  },

  async duplicate(sandbox) {
    const all = service(sandbox);
    const { customer: { id } } = await all.create(wire);
    assert.equal((await refused(all.create(wire), 400, "duplicate_entry")).param, "id");
    return id;
  },

  async changed(sandbox) {
    const all = service(sandbox);
    await all.create(wire);
    const meta_data = { plan: "basic" };
    const { customer: changed } = await all.update(wire.id, { last_name: "Roe", meta_data });
    assert.deepEqual([changed.last_name, changed.email, changed.meta_data], ["Roe", wire.email, meta_data]);
    const billing_address = { line1: "1 Example Street", zip: "62701", country: "US" };
    const { customer: billed } = await all.updateBillingInfo(wire.id, { billing_address });
    for (const [name, value] of Object.entries(billing_address)) assert.equal(billed.billing_address[name], value);
    return wire.id;
  },

  async removed(sandbox) {
    const all = service(sandbox);
    await all.create(wire);
    assert.equal((await all.delete(wire.id)).customer.id, wire.id);
    assert.deepEqual((await all.list()).list, []);
  },

  async invalid_field(sandbox) {
    const promise = service(sandbox).create({ ...wire, email: "nowhere" });
    assert.equal((await refused(promise, 400, "param_wrong_value")).param, "email");
  },

  async unauthorized(sandbox) {
    await refused(customers(sandbox, "fakesite:nobody").create(wire), 401, "api_authentication_failed");
  },

  async forbidden(sandbox) {
    const reader = customers(sandbox, sandbox.read_only_credential);
    await refused(reader.create(wire), 403, "api_authorization_failed");
  },

  async not_found(sandbox) {
    await refused(service(sandbox).retrieve("nobody"), 404, "resource_not_found");
  },

  async rate_limited(sandbox) {
    const error = await refused(service(sandbox).create(wire), 429, "api_request_limit_exceeded");
    assert.equal(error.type, "operation_failed");
  },

  async server_error(sandbox) {
    await refused(service(sandbox).create(wire), 500, "internal_error");
  },
};
