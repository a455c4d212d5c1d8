// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import finix from "@finix-payments/finix";
import { customer, halves, rejection } from "./sandbox.mjs";

export const hosts = [];

const request = {
  entity: {
    email: customer.email,
    firstName: customer.firstName,
    lastName: customer.lastName,
    phone: customer.phone,
  },
  tags: { merchant_customer_id: customer.merchantCustomerId },
};

const identities = (sandbox, credential = sandbox.credential) =>
  new finix.Client(...halves(credential), sandbox.base_url).Identities;

async function refused(promise, status, code) {
  const error = await rejection(promise);
  assert.equal(error.name, "HttpError", String(error));
  assert.deepEqual([error.statusCode, error.body[0].code], [status, code], JSON.stringify(error.body));
  return error.body[0];
}

export const cases = {
  async documented(sandbox) {
    const service = identities(sandbox);
    const { response, body } = await service.createHttp(request);
    assert.equal(response.statusCode, 201);
    assert.match(body.id, /^ID[A-Za-z0-9]+$/);
    const found = await service.get(body.id);
    for (const [name, value] of Object.entries(request.entity)) assert.equal(found.entity[name], value, name);
    assert.equal(found.id, body.id);
    assert.deepEqual(found.tags, request.tags);
    assert.ok(found.createdAt instanceof Date && !Number.isNaN(found.createdAt.valueOf()), String(found.createdAt));
    return body.id;
  },

  async invalid_field(sandbox) {
    const entity = { ...request.entity, email: "nowhere" };
    const found = await refused(identities(sandbox).create({ ...request, entity }), 422, "INVALID_FIELD");
    assert.match(found.field, /email$/);
  },

  async unauthorized(sandbox) {
    const found = await refused(identities(sandbox, "USnobody:nothing").create(request), 401, "UNKNOWN");
    assert.equal(found.message, "Unauthorized");
  },

  async forbidden(sandbox) {
    await refused(identities(sandbox, sandbox.read_only_credential).create(request), 403, "FORBIDDEN");
  },

  async not_found(sandbox) {
    await refused(identities(sandbox).get("IDfAkEfAkEfAkEfAkEfAkE01"), 404, "NOT_FOUND");
  },

  async rate_limited(sandbox) {
    await refused(identities(sandbox).create(request), 429, "TOO_MANY_REQUESTS");
  },

  async server_error(sandbox) {
    await refused(identities(sandbox).create(request), 500, "SERVER_ERROR");
  },
};
