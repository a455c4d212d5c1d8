// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import Razorpay from "razorpay";
import { customer, halves, plainPhone, rejection } from "./sandbox.mjs";

export const hosts = ["api.razorpay.com"];

const wire = {
  name: `${customer.firstName} ${customer.lastName}`,
  email: customer.email,
  contact: plainPhone,
  notes: { merchant_customer_id: customer.merchantCustomerId },
};

function customers(credential) {
  const [id, secret] = halves(credential);
  return new Razorpay({ key_id: id, key_secret: secret }).customers;
}

/** Only `code` and `description` are looked at: the rest is not sure for every refusal. */
async function refused(promise, status, description, code = "BAD_REQUEST_ERROR") {
  const found = await rejection(promise);
  assert.deepEqual([found.statusCode, found.error?.code], [status, code], JSON.stringify(found));
  assert.match(found.error.description, description);
  return found.error;
}

export const cases = {
  async documented({ credential }) {
    const all = customers(credential);
    const { id } = await all.create(wire);
    assert.match(id, /^cust_[A-Za-z0-9]{14}$/);
    const found = await all.fetch(id);
    for (const [name, value] of Object.entries({ id, ...wire })) assert.deepEqual(found[name], value, name);
    const page = await all.all({ count: 5 });
    assert.deepEqual([page.count, page.items.map((each) => each.id)], [1, [id]]);
    return id;
  },

  async duplicate({ credential }) {
    const all = customers(credential);
    const { id } = await all.create(wire);
    await refused(all.create(wire), 400, /^Customer already exists for the merchant$/);
    assert.equal((await all.create({ ...wire, fail_existing: "0" })).id, id);
    return id;
  },

  async changed({ credential }) {
    const all = customers(credential);
    const { id } = await all.create(wire);
    const found = await all.edit(id, { name: "John Roe" });
    assert.deepEqual([found.id, found.name, found.email, found.notes], [id, "John Roe", wire.email, wire.notes]);
    return id;
  },

  async invalid_field({ credential }) {
    const found = await refused(customers(credential).create({ ...wire, contact: "12" }), 400, /at least 8 digits/);
    assert.equal(found.field, "contact");
  },

  async unauthorized() {
    await refused(customers("rzp_test_nobody:nothing").create(wire), 401, /api key/);
  },

  async forbidden({ read_only_credential }) {
    await refused(customers(read_only_credential).create(wire), 403, /./);
  },

  async not_found({ credential }) {
    await refused(customers(credential).fetch("cust_FAKE0000000001"), 400, /^The id provided does not exist$/);
  },

  async rate_limited({ credential }) {
    await refused(customers(credential).create(wire), 429, /./);
  },

  async server_error({ credential }) {
    await refused(customers(credential).create(wire), 500, /./, "SERVER_ERROR");
  },
};
