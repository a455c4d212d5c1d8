// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import Payjp from "payjp";
import { customer, rejection } from "./sandbox.mjs";

export const hosts = [];

const wire = {
  id: customer.merchantCustomerId,
  email: customer.email,
  description: customer.description,
};

const customers = ({ base_url, credential }) => Payjp(credential, { apibase: `${base_url}/v1` }).customers;

async function refused(promise, status, type, code) {
  const problem = await rejection(promise);
  assert.equal(problem.status, status, String(problem));
  const { error } = problem.response.body;
  assert.deepEqual([error.status, error.type, error.code], [status, type, code], JSON.stringify(error));
  return error;
}

export const cases = {
  async documented(sandbox) {
    const all = customers(sandbox);
    const made = await all.create(wire);
    assert.deepEqual(await all.retrieve(wire.id), made);
    for (const [name, value] of Object.entries(wire)) assert.equal(made[name], value, name);
    const page = await all.list({ limit: 5 });
    assert.deepEqual([page.count, page.has_more, page.data.map((each) => each.id)], [1, false, [wire.id]]);
    return made.id;
  },

  async duplicate(sandbox) {
    const all = customers(sandbox);
    const { id } = await all.create(wire);
    const error = await refused(all.create(wire), 400, "client_error", "already_exist_id");
    assert.equal(error.param, "id");
    return id;
  },

  async changed(sandbox) {
    const all = customers(sandbox);
    await all.create(wire);
    const metadata = { plan: "basic" };
    const found = await all.update(wire.id, { description: "Basic plan", metadata });
    assert.deepEqual([found.id, found.description, found.email], [wire.id, "Basic plan", wire.email]);
    assert.deepEqual(found.metadata, metadata);
    return wire.id;
  },

  async removed(sandbox) {
    const all = customers(sandbox);
    await all.create(wire);
    assert.deepEqual(await all.delete(wire.id), { deleted: true, id: wire.id, livemode: false });
    await refused(all.retrieve(wire.id), 404, "client_error", "invalid_id");
  },

  async invalid_field(sandbox) {
    const promise = customers(sandbox).create({ ...wire, email: "nowhere" });
    assert.equal((await refused(promise, 400, "client_error", "invalid_email")).param, "email");
  },

  async unauthorized(sandbox) {
    const nobody = customers({ ...sandbox, credential: "sk_test_nobody" });
    await refused(nobody.create(wire), 401, "auth_error", "invalid_api_key");
  },

  async not_found(sandbox) {
    await refused(customers(sandbox).retrieve("cus_nobody"), 404, "client_error", "invalid_id");
  },

  async rate_limited(sandbox) {
    await refused(customers(sandbox).create(wire), 429, "client_error", "over_capacity");
  },

  async server_error(sandbox) {
    await refused(customers(sandbox).create(wire), 500, "server_error", "payjp_wrong");
  },
};
