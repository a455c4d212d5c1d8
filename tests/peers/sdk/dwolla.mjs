// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Client } from "dwolla-v2";
import { customer, halves, key, rejection } from "./sandbox.mjs";

export const hosts = ["api-sandbox.dwolla.com"];

const wire = {
  firstName: customer.firstName,
  lastName: customer.lastName,
  email: customer.email,
  correlationId: customer.merchantCustomerId,
};

function client(credential) {
  const [id, secret] = halves(credential);
  return new Client({ key: id, secret, environment: "sandbox" });
}

async function refused(promise, status, code) {
  const error = await rejection(promise);
  assert.equal(error.status, status, String(error));
  assert.equal(error.body.code, code);
  assert.ok(error.headers.get("x-request-id"));
  return error.body;
}

async function invalid(dwolla, request, code, path) {
  const body = await refused(dwolla.post("customers", request), 400, "ValidationError");
  const [first] = body._embedded.errors;
  assert.deepEqual([first.code, first.path], [code, path]);
  return first;
}

async function create(dwolla, request = wire, headers = {}) {
  const answer = await dwolla.post("customers", request, headers);
  assert.deepEqual([answer.status, answer.body], [201, ""]);
  return answer.headers.get("location");
}

const idOf = (url) => url.split("/").at(-1);

export const cases = {
  async documented({ credential }) {
    const dwolla = client(credential);
    const url = await create(dwolla, wire, { "Idempotency-Key": key });
    const { body } = await dwolla.get(url);
    for (const [name, value] of Object.entries({ id: idOf(url), ...wire })) assert.equal(body[name], value, name);
    const again = await dwolla.get(`customers/${body.id}`);
    assert.deepEqual(again.body, body);
    return body.id;
  },

  async repeated({ credential }) {
    const dwolla = client(credential);
    const first = await create(dwolla, wire, { "Idempotency-Key": key });
    assert.equal(await create(dwolla, wire, { "Idempotency-Key": key }), first);
    return idOf(first);
  },

  async duplicate({ credential }) {
    const dwolla = client(credential);
    const url = await create(dwolla);
    const found = await invalid(dwolla, wire, "Duplicate", "/email");
    assert.equal(found.message, "A customer with the specified email already exists.");
    assert.equal(found._links.about.href, url);
    return idOf(url);
  },

  async invalid_field({ credential }) {
    await invalid(client(credential), { ...wire, email: "nowhere" }, "InvalidFormat", "/email");
  },

  async missing_field({ credential }) {
    const { lastName: _, ...request } = wire;
    await invalid(client(credential), request, "Required", "/lastName");
  },

  async unauthorized() {
    const error = await rejection(client("nobody:nothing").post("customers", wire));
    assert.equal(error.error, "invalid_client", String(error));
  },

  async invalid_token({ credential }) {
    const token = client(credential).token({ access_token: "no_such_token" });
    await refused(token.post("customers", wire), 401, "InvalidAccessToken");
  },

  async forbidden({ read_only_credential }) {
    await refused(client(read_only_credential).post("customers", wire), 403, "Forbidden");
  },

  async not_found({ credential }) {
    const id = "0fa4e000-0000-4000-8000-00000000c001";
    await refused(client(credential).get(`customers/${id}`), 404, "NotFound");
  },

  async rate_limited({ credential }) {
    await refused(client(credential).post("customers", wire), 429, "Too Many Requests");
  },

  async server_error({ credential }) {
    await refused(client(credential).post("customers", wire), 500, "ServerError");
  },
};
