// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Checkout } from "checkout-sdk-node";
import { customer, rejection } from "./sandbox.mjs";

export const hosts = [];

const wire = {
  email: customer.email,
  name: `${customer.firstName} ${customer.lastName}`,
  phone: { country_code: "1", number: "5551234567" },
  metadata: { merchant_customer_id: customer.merchantCustomerId },
};

/**
 * The SDK knows a real key by its characters and puts `Bearer` before it, not before the sandbox's. With Node's own
 * `fetch`, which it takes without the option, an update would be a `patch` in small letters, which is another method.
 */
const customers = (sandbox, credential = sandbox.credential) =>
  new Checkout(`Bearer ${credential}`, { host: sandbox.base_url, httpClient: "axios" }).customers;

async function refused(promise, name, status) {
  const error = await rejection(promise);
  assert.deepEqual([error.name, error.http_code], [name, status], JSON.stringify(error.body));
  return error.body;
}

async function invalid(promise, code) {
  const body = await refused(promise, "ValidationError", 422);
  assert.deepEqual([body.error_type, body.error_codes], ["request_invalid", [code]]);
  assert.ok(body.request_id);
}

export const cases = {
  async documented(sandbox) {
    const all = customers(sandbox);
    const made = await all.create(wire);
    assert.match(made.id, /^cus_[a-z0-9]+$/);
    assert.deepEqual(Object.keys(made), ["id"]);
    const found = await all.get(made.id);
    for (const [name, value] of Object.entries({ ...made, ...wire })) assert.deepEqual(found[name], value, name);
    assert.deepEqual(await all.get(wire.email), found);
    return made.id;
  },

  async duplicate(sandbox) {
    const all = customers(sandbox);
    const { id } = await all.create(wire);
    await invalid(all.create(wire), "customer_already_exists");
    return id;
  },

  async changed(sandbox) {
    const all = customers(sandbox);
    const { id } = await all.create(wire);
    assert.deepEqual(await all.update(id, { name: "John Roe" }), {});
    const found = await all.get(id);
    assert.deepEqual([found.name, found.email, found.metadata], ["John Roe", wire.email, wire.metadata]);
    return id;
  },

  async removed(sandbox) {
    const all = customers(sandbox);
    const { id } = await all.create(wire);
    assert.deepEqual(await all.delete(id), {});
    await refused(all.get(id), "NotFoundError", 404);
  },

  async invalid_field(sandbox) {
    await invalid(customers(sandbox).create({ ...wire, email: "nowhere" }), "email_invalid");
  },

  async missing_field(sandbox) {
    const { email: _, ...rest } = wire;
    await invalid(customers(sandbox).create(rest), "email_required");
  },

  async unauthorized(sandbox) {
    const nobody = customers(sandbox, "sk_sbox_nobodynobodynobodynobodyno");
    await refused(nobody.create(wire), "AuthenticationError", 401);
  },

  async forbidden(sandbox) {
    const reader = customers(sandbox, sandbox.read_only_credential);
    await refused(reader.create(wire), "ActionNotAllowed", 403);
  },

  async not_found(sandbox) {
    await refused(customers(sandbox).get("cus_fake000000000000000000000f"), "NotFoundError", 404);
  },

  async rate_limited(sandbox) {
    await refused(customers(sandbox).create(wire), "TooManyRequestsError", 429);
  },

  async server_error(sandbox) {
    await refused(customers(sandbox).create(wire), "API Error", 500);
  },
};
