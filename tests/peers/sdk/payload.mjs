// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import payload from "payload-api";
import { customer, rejection } from "./sandbox.mjs";

export const hosts = ["api.payload.com"];

const wire = {
  type: "customer",
  name: `${customer.firstName} ${customer.lastName}`,
  contact_details: { email: customer.email, phone_number: "5551234567" },
  attrs: { merchant_customer_id: customer.merchantCustomerId },
};

const session = (credential) => payload.Session(credential, { apiVersion: "v2" });

/** An error of the SDK has the name of the processor's. */
async function refused(promise, type) {
  const error = await rejection(promise);
  assert.equal(error.constructor, payload[type] ?? error.constructor, String(error));
  assert.equal(error.data.error_type, type, String(error));
  return error;
}

export const cases = {
  async documented({ credential }) {
    const api = session(credential);
    const { id } = await api.create(api.Account(wire));
    assert.match(id, /^acct_[A-Za-z0-9]+$/);
    const found = await api.Account.get(id);
    assert.deepEqual([found.id, found.type, found.name], [id, wire.type, wire.name]);
    for (const [name, value] of Object.entries(wire.contact_details)) assert.equal(found.contact_details[name], value);
    const hits = await api.Account.filterBy({ type: "customer", "contact_details[email]": customer.email });
    assert.deepEqual(hits.map((each) => each.id), [id]);
    return id;
  },

  async changed({ credential }) {
    const api = session(credential);
    const made = await api.create(api.Account(wire));
    const found = await api.update(made, { name: "John Roe" });
    assert.deepEqual([found.id, found.name, found.contact_details.email], [made.id, "John Roe", customer.email]);
    return made.id;
  },

  async removed({ credential }) {
    const api = session(credential);
    const made = await api.create(api.Account(wire));
    await api.delete(made);
    await refused(api.Account.get(made.id), "NotFound");
  },

  async invalid_field({ credential }) {
    const api = session(credential);
    const contact_details = { ...wire.contact_details, email: "nowhere" };
    const error = await refused(api.create(api.Account({ ...wire, contact_details })), "InvalidAttributes");
    assert.deepEqual(Object.keys(error.details.contact_details), ["email"]);
  },

  async missing_field({ credential }) {
    const { type: _, ...rest } = wire;
    const api = session(credential);
    const error = await refused(api.create(api.Account(rest)), "InvalidAttributes");
    assert.deepEqual(Object.keys(error.details), ["type"]);
  },

  async unauthorized() {
    const api = session("test_secret_key_nobody");
    await refused(api.create(api.Account(wire)), "Unauthorized");
  },

  async forbidden({ read_only_credential }) {
    const api = session(read_only_credential);
    await refused(api.create(api.Account(wire)), "NotPermitted");
  },

  async not_found({ credential }) {
    await refused(session(credential).Account.get("acct_FAKE0000000000000000000000"), "NotFound");
  },

  async rate_limited({ credential }) {
    const api = session(credential);
    await refused(api.create(api.Account(wire)), "TooManyRequests");
  },

  async server_error({ credential }) {
    const api = session(credential);
    await refused(api.create(api.Account(wire)), "InternalServerError");
  },
};
