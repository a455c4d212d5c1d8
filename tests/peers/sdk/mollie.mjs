// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import https from "node:https";
import mollie from "@mollie/api-client";
import { customer, key, rejection } from "./sandbox.mjs";

export const hosts = [];

const wanted = {
  name: `${customer.firstName} ${customer.lastName}`,
  email: customer.email,
  metadata: { merchant_customer_id: customer.merchantCustomerId },
};
const request = { ...wanted, idempotencyKey: key };

const credentials = (credential) =>
  credential.startsWith("access_") ? { accessToken: credential } : { apiKey: credential };

function customers({ base_url }, credential) {
  // The SDK makes an agent of its own, which trusts nothing but the certificates in its package.
  const { Agent } = https;
  https.Agent = function agent() {
    return https.globalAgent;
  };
  const client = mollie.createMollieClient({ ...credentials(credential), apiEndpoint: `${base_url}/v2/` });
  https.Agent = Agent;
  return client.customers;
}

const service = (sandbox) => customers(sandbox, sandbox.credential);

async function refused(promise, statusCode, title) {
  const error = await rejection(promise);
  assert.equal(error.name, "ApiError", String(error));
  assert.deepEqual([error.statusCode, error.title], [statusCode, title], String(error));
  assert.ok(error.getDocumentationUrl());
  return error;
}

export const cases = {
  async documented(sandbox) {
    const all = service(sandbox);
    const { id } = await all.create(request);
    assert.match(id, /^cst_[A-Za-z0-9_]+$/);
    const found = await all.get(id);
    for (const [name, value] of Object.entries({ id, ...wanted })) assert.deepEqual(found[name], value, name);
    assert.ok(!Number.isNaN(Date.parse(found.createdAt)), found.createdAt);
    const page = await all.page();
    assert.deepEqual(page.map((each) => each.id), [id]);
    return id;
  },

  async repeated(sandbox) {
    const all = service(sandbox);
    const first = await all.create(request);
    assert.equal((await all.create(request)).id, first.id);
    const error = await refused(all.create({ ...request, name: "Jane Roe" }), 400, "Bad Request");
    assert.equal(error.idempotencyKey, key);
    return first.id;
  },

  async changed(sandbox) {
    const all = service(sandbox);
    const { id } = await all.create(request);
    const found = await all.update(id, { name: "John Roe" });
    assert.deepEqual([found.id, found.name, found.email], [id, "John Roe", wanted.email]);
    assert.deepEqual(found.metadata, wanted.metadata);
    return id;
  },

  async removed(sandbox) {
    const all = service(sandbox);
    const { id } = await all.create(request);
    await all.delete(id);
    await refused(all.get(id), 410, "Gone");
  },

  async invalid_field(sandbox) {
    const promise = service(sandbox).create({ ...request, email: "nowhere" });
    assert.equal((await refused(promise, 422, "Unprocessable Entity")).field, "email");
  },

  async unauthorized(sandbox) {
    const nobody = customers(sandbox, "test_nobodynobodynobodynobodynobody");
    await refused(nobody.create(request), 401, "Unauthorized Request");
  },

  async forbidden(sandbox) {
    await refused(customers(sandbox, sandbox.read_only_credential).create(request), 403, "Forbidden");
  },

  async not_found(sandbox) {
    await refused(service(sandbox).get("cst_FAKE0000000000"), 404, "Not Found");
  },

  async rate_limited(sandbox) {
    await refused(service(sandbox).create(request), 429, "Too Many Requests");
  },

  // The SDK asks once more, after two seconds.
  async server_error(sandbox) {
    return (await service(sandbox).create(request)).id;
  },
};
