// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Xendit, XenditSdkError } from "xendit-node";
import { customer, key, rejection } from "./sandbox.mjs";

export const hosts = [];

const data = {
  referenceId: customer.merchantCustomerId,
  type: "INDIVIDUAL",
  individualDetail: { givenNames: customer.firstName, surname: customer.lastName },
  description: customer.description,
  email: customer.email,
  mobileNumber: customer.phone,
};
const request = { data, idempotencyKey: key };

function customers(sandbox, secretKey = sandbox.credential) {
  const { Customer: all } = new Xendit({ secretKey, xenditURL: sandbox.base_url });
  // The SDK names no version, and the sandbox does not guess: a middleware of its client adds the header.
  all.middleware.push({
    async pre({ url, init }) {
      return { url, init: { ...init, headers: { ...init.headers, "api-version": "2020-10-31" } } };
    },
  });
  return all;
}

async function refused(promise, status, code) {
  const error = await rejection(promise);
  assert.equal(error.constructor, XenditSdkError, String(error));
  assert.deepEqual([error.status, error.errorCode], [status, code], JSON.stringify(error.rawResponse));
  return error;
}

export const cases = {
  async documented(sandbox) {
    const all = customers(sandbox);
    const { id } = await all.createCustomer(request);
    assert.match(id, /^cust-[0-9a-f-]{36}$/);
    const found = await all.getCustomer({ id });
    const { individualDetail: person, ...rest } = data;
    for (const [name, value] of Object.entries({ id, ...rest })) assert.equal(found[name], value, name);
    for (const [name, value] of Object.entries(person)) assert.equal(found.individualDetail[name], value, name);
    const page = await all.getCustomerByReferenceID({ referenceId: data.referenceId });
    assert.deepEqual(page.data.map((each) => each.id), [id]);
    return id;
  },

  async repeated(sandbox) {
    const all = customers(sandbox);
    const first = await all.createCustomer(request);
    assert.equal((await all.createCustomer(request)).id, first.id);
    const another = { ...request, data: { ...data, description: "Another" } };
    await refused(all.createCustomer(another), 409, "IDEMPOTENCY_ERROR");
    return first.id;
  },

  async duplicate(sandbox) {
    const all = customers(sandbox);
    const { id } = await all.createCustomer(request);
    await refused(all.createCustomer({ data }), 400, "DUPLICATE_END_CUSTOMER_ERROR");
    return id;
  },

  async changed(sandbox) {
    const all = customers(sandbox);
    const { id } = await all.createCustomer(request);
    const found = await all.updateCustomer({ id, data: { description: "Basic plan" } });
    assert.deepEqual([found.id, found.description, found.email], [id, "Basic plan", data.email]);
    return id;
  },

  async invalid_field(sandbox) {
    const promise = customers(sandbox).createCustomer({ ...request, data: { ...data, email: "nowhere" } });
    const error = await refused(promise, 400, "API_VALIDATION_ERROR");
    assert.match(error.rawResponse.errors[0], /email/);
  },

  async missing_field(sandbox) {
    const { referenceId: _, ...rest } = data;
    const error = await refused(customers(sandbox).createCustomer({ data: rest }), 400, "API_VALIDATION_ERROR");
    assert.match(error.rawResponse.errors[0], /reference_id/);
  },

  async unauthorized(sandbox) {
    const nobody = customers(sandbox, "xnd_development_nobody");
    await refused(nobody.createCustomer(request), 401, "INVALID_API_KEY");
  },

  async forbidden(sandbox) {
    const reader = customers(sandbox, sandbox.read_only_credential);
    await refused(reader.createCustomer(request), 403, "REQUEST_FORBIDDEN_ERROR");
  },

  async not_found(sandbox) {
    const promise = customers(sandbox).getCustomer({ id: "cust-00000000-0000-4000-a000-000000000000" });
    await refused(promise, 404, "DATA_NOT_FOUND");
  },

  async rate_limited(sandbox) {
    await refused(customers(sandbox).createCustomer(request), 429, "RATE_LIMIT_EXCEEDED");
  },

  async server_error(sandbox) {
    await refused(customers(sandbox).createCustomer(request), 500, "SERVER_ERROR");
  },
};
