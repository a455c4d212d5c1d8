// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import omise from "omise";
import { customer, rejection } from "./sandbox.mjs";

export const hosts = ["api.omise.co"];

const wire = {
  email: customer.email,
  description: customer.description,
  metadata: { merchant_customer_id: customer.merchantCustomerId },
};

const client = (secretKey) => omise({ secretKey, omiseVersion: "2019-05-29" });
const customers = (secretKey) => client(secretKey).customers;

/** The SDK gives back the body, and no status. */
async function refused(promise, code, message = /./) {
  const body = await rejection(promise);
  assert.deepEqual([body.object, body.code], ["error", code], JSON.stringify(body));
  assert.match(body.message, message);
}

export const cases = {
  async documented({ credential }) {
    const { customers: all, search } = client(credential);
    const { id } = await all.create(wire);
    assert.match(id, /^cust_test_[a-z0-9]+$/);
    const found = await all.retrieve(id);
    for (const [name, value] of Object.entries({ id, ...wire })) assert.deepEqual(found[name], value, name);
    const page = await all.list({ limit: 5, order: "reverse_chronological" });
    assert.deepEqual([page.total, page.data.map((each) => each.id)], [1, [id]]);
    const hits = await search.list({ scope: "customer", query: wire.email });
    assert.deepEqual([hits.total, hits.data.map((each) => each.id)], [1, [id]]);
    return id;
  },

  async changed({ credential }) {
    const all = customers(credential);
    const { id } = await all.create(wire);
    const found = await all.update(id, { description: "Basic plan" });
    assert.deepEqual([found.id, found.description, found.metadata], [id, "Basic plan", wire.metadata]);
    return id;
  },

  async removed({ credential }) {
    const all = customers(credential);
    const { id } = await all.create(wire);
    assert.equal((await all.destroy(id)).deleted, true);
    assert.equal((await all.retrieve(id)).deleted, true);
  },

  async invalid_field({ credential }) {
    await refused(customers(credential).create({ ...wire, email: "nowhere" }), "bad_request", /email/);
  },

  async unauthorized() {
    const nobody = customers("skey_test_nobody");
    await refused(nobody.create(wire), "authentication_failure", /^authentication failed$/);
  },

  async not_found({ credential }) {
    const id = "cust_test_00000000000000000ff";
    await refused(customers(credential).retrieve(id), "not_found", new RegExp(`^customer ${id} was not found$`));
  },

  async rate_limited({ credential }) {
    await refused(customers(credential).create(wire), "too_many_requests");
  },

  async server_error({ credential }) {
    await refused(customers(credential).create(wire), "internal_error");
  },
};
