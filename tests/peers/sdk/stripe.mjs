// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import https from "node:https";
import Stripe from "stripe";
import { customer, key, rejection } from "./sandbox.mjs";

export const hosts = [];

const wire = {
  email: customer.email,
  name: `${customer.firstName} ${customer.lastName}`,
  phone: customer.phone,
  description: customer.description,
  metadata: { merchant_customer_id: customer.merchantCustomerId },
};
const options = { idempotencyKey: key };

function customers({ port }, credential) {
  const place = { host: "localhost", port, httpAgent: https.globalAgent };
  return new Stripe(credential, { ...place, maxNetworkRetries: 0, telemetry: false }).customers;
}

const service = (sandbox) => customers(sandbox, sandbox.credential);

async function refused(promise, type, statusCode) {
  const error = await rejection(promise);
  assert.equal(error.type, type, String(error));
  assert.equal(error.statusCode, statusCode, String(error));
  return error;
}

export const cases = {
  async documented(sandbox) {
    const all = service(sandbox);
    const { id, lastResponse: answer } = await all.create(wire, options);
    assert.equal(answer.idempotencyKey, key);
    const found = await all.retrieve(id);
    for (const [name, value] of Object.entries({ id, ...wire })) assert.deepEqual(found[name], value, name);
    const { data: listed } = await all.list({ email: wire.email });
    const query = `metadata['merchant_customer_id']:'${customer.merchantCustomerId}'`;
    const { data: hits } = await all.search({ query });
    for (const page of [listed, hits]) assert.deepEqual(page.map((each) => each.id), [id]);
    return id;
  },

  async repeated(sandbox) {
    const all = service(sandbox);
    const { id } = await all.create(wire, options);
    assert.equal((await all.create(wire, options)).id, id);
    await refused(all.create({ ...wire, name: "Jane Roe" }, options), "StripeIdempotencyError", 400);
    return id;
  },

  async changed(sandbox) {
    const all = service(sandbox);
    const { id } = await all.create(wire, options);
    const found = await all.update(id, { name: "John Roe", description: "" });
    assert.deepEqual([found.id, found.name, found.description], [id, "John Roe", null]);
    return id;
  },

  async removed(sandbox) {
    const all = service(sandbox);
    const { id } = await all.create(wire, options);
    assert.deepEqual((await all.del(id)).deleted, true);
    assert.deepEqual((await all.retrieve(id)).deleted, true);
  },

  async invalid_field(sandbox) {
    const promise = service(sandbox).create({ ...wire, email: "nowhere" }, options);
    const error = await refused(promise, "StripeInvalidRequestError", 400);
    assert.deepEqual([error.code, error.param], ["email_invalid", "email"]);
  },

  async unauthorized(sandbox) {
    await refused(customers(sandbox, "sk_test_nobody").create(wire, options), "StripeAuthenticationError", 401);
  },

  async forbidden(sandbox) {
    const reader = customers(sandbox, sandbox.read_only_credential);
    await refused(reader.create(wire, options), "StripePermissionError", 403);
  },

  async not_found(sandbox) {
    const error = await refused(service(sandbox).retrieve("cus_nobody"), "StripeInvalidRequestError", 404);
    assert.equal(error.code, "resource_missing");
  },

  async rate_limited(sandbox) {
    await refused(service(sandbox).create(wire, options), "StripeRateLimitError", 429);
  },

  async server_error(sandbox) {
    await refused(service(sandbox).create(wire, options), "StripeAPIError", 500);
  },
};
