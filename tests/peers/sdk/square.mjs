// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { SquareClient, SquareError } from "square";
import { customer, key, plainPhone, rejection } from "./sandbox.mjs";

export const hosts = [];

const wanted = {
  givenName: customer.firstName,
  familyName: customer.lastName,
  emailAddress: customer.email,
  phoneNumber: plainPhone,
  referenceId: customer.merchantCustomerId,
  note: customer.description,
};
const request = { ...wanted, idempotencyKey: key };

const customers = (sandbox, token = sandbox.credential) =>
  new SquareClient({ token, baseUrl: sandbox.base_url, maxRetries: 0 }).customers;

async function refused(promise, status, category, code) {
  const error = await rejection(promise);
  assert.equal(error.constructor, SquareError, String(error));
  const [first] = error.errors;
  assert.deepEqual([error.statusCode, first.category, first.code], [status, category, code], String(error));
  return first;
}

const invalid = (promise, code) => refused(promise, 400, "INVALID_REQUEST_ERROR", code);

export const cases = {
  async documented(sandbox) {
    const service = customers(sandbox);
    const { customer: made } = await service.create(request);
    const { customer: found } = await service.get({ customerId: made.id });
    assert.deepEqual(found, made);
    for (const [name, value] of Object.entries(wanted)) assert.equal(found[name], value, name);
    assert.equal(found.version, 0n);
    for (const name of ["referenceId", "emailAddress", "phoneNumber"]) {
      const page = await service.search({ query: { filter: { [name]: { exact: wanted[name] } } } });
      assert.deepEqual(page.customers.map(({ id }) => id), [made.id]);
    }
    return made.id;
  },

  async repeated(sandbox) {
    const service = customers(sandbox);
    const { customer: first } = await service.create(request);
    const { customer: second } = await service.create(request);
    assert.equal(second.id, first.id);
    await invalid(service.create({ ...request, note: "Another" }), "IDEMPOTENCY_KEY_REUSED");
    return first.id;
  },

  async changed(sandbox) {
    const service = customers(sandbox);
    const { customer: made } = await service.create(request);
    const change = { customerId: made.id, version: made.version, familyName: "Roe", note: null };
    const { customer: found } = await service.update(change);
    assert.deepEqual([found.familyName, found.note, found.version], ["Roe", undefined, 1n]);
    assert.equal(found.emailAddress, wanted.emailAddress);
    return made.id;
  },

  async removed(sandbox) {
    const service = customers(sandbox);
    const { customer: made } = await service.create(request);
    await service.delete({ customerId: made.id });
    await refused(service.get({ customerId: made.id }), 404, "INVALID_REQUEST_ERROR", "NOT_FOUND");
  },

  async invalid_field(sandbox) {
    const promise = customers(sandbox).create({ ...request, emailAddress: "nowhere" });
    assert.equal((await invalid(promise, "INVALID_EMAIL_ADDRESS")).field, "email_address");
  },

  async missing_field(sandbox) {
    await invalid(customers(sandbox).create({ idempotencyKey: key }), "MISSING_REQUIRED_PARAMETER");
  },

  async unauthorized(sandbox) {
    await refused(customers(sandbox, "nobody").create(request), 401, "AUTHENTICATION_ERROR", "UNAUTHORIZED");
  },

  async forbidden(sandbox) {
    const service = customers(sandbox, sandbox.read_only_credential);
    await refused(service.create(request), 403, "AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES");
  },

  async not_found(sandbox) {
    const promise = customers(sandbox).get({ customerId: "FLORINFAKE0000000000000000" });
    await refused(promise, 404, "INVALID_REQUEST_ERROR", "NOT_FOUND");
  },

  async rate_limited(sandbox) {
    await refused(customers(sandbox).create(request), 429, "RATE_LIMIT_ERROR", "RATE_LIMITED");
  },

  async server_error(sandbox) {
    await refused(customers(sandbox).create(request), 500, "API_ERROR", "INTERNAL_SERVER_ERROR");
  },
};
