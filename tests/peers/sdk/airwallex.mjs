// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import airwallex from "@airwallex/node-sdk";
import { customer, halves, key, rejection } from "./sandbox.mjs";

export const hosts = ["api-demo.airwallex.com"];

const wire = {
  request_id: key,
  merchant_customer_id: customer.merchantCustomerId,
  first_name: customer.firstName,
  last_name: customer.lastName,
  email: customer.email,
  phone_number: customer.phone,
};

function client(credential) {
  const [clientId, apiKey] = halves(credential);
  return new airwallex.Airwallex({ clientId, apiKey, env: "demo", enableTelemetry: false });
}

const service = (credential) => client(credential).paymentAcceptance.customers;

async function refused(promise, type, status, code) {
  const error = await rejection(promise);
  assert.equal(error.constructor, type, String(error));
  assert.deepEqual([error.status, error.data.code], [status, code]);
  return error.data;
}

const invalid = (promise, code) => refused(promise, airwallex.ValidationError, 400, code);

export const cases = {
  async documented({ credential }) {
    const customers = service(credential);
    const { id, client_secret: secret } = await customers.createCustomer(wire);
    assert.match(id, /^cus_[A-Za-z0-9]+$/);
    assert.ok(secret);
    const found = await customers.retrieveCustomer(id);
    for (const [name, value] of Object.entries({ id, ...wire })) assert.equal(found[name], value, name);
    const page = await customers.listCustomers({ merchant_customer_id: wire.merchant_customer_id });
    assert.deepEqual([page.has_more, page.items.map((item) => item.id)], [false, [id]]);
    return id;
  },

  async repeated({ credential }) {
    const customers = service(credential);
    const { id } = await customers.createCustomer(wire);
    await invalid(customers.createCustomer(wire), "duplicate_request");
    return id;
  },

  async duplicate({ credential }) {
    const customers = service(credential);
    const { id } = await customers.createCustomer(wire);
    const another = { ...wire, request_id: `${key}-2` };
    const found = await invalid(customers.createCustomer(another), "resource_already_exists");
    assert.equal(found.source, "merchant_customer_id");
    return id;
  },

  async invalid_field({ credential }) {
    const found = await invalid(service(credential).createCustomer({ ...wire, email: "nowhere" }), "validation_error");
    assert.equal(found.source, "email");
  },

  async missing_field({ credential }) {
    const { merchant_customer_id: _, ...request } = wire;
    const found = await invalid(service(credential).createCustomer(request), "validation_error");
    assert.equal(found.source, "merchant_customer_id");
  },

  async unauthorized() {
    const nobody = client("NOBODY:NOTHING");
    await refused(nobody.login(), airwallex.AuthenticationError, 401, "credentials_invalid");
    // The login that it does by itself loses its status.
    const error = await rejection(nobody.paymentAcceptance.customers.createCustomer(wire));
    assert.equal(error.constructor, airwallex.ApiError, String(error));
  },

  async forbidden({ read_only_credential }) {
    const promise = service(read_only_credential).createCustomer(wire);
    await refused(promise, airwallex.AuthorizationError, 403, "forbidden");
  },

  async not_found({ credential }) {
    const promise = service(credential).retrieveCustomer("cus_fake0000000001");
    await refused(promise, airwallex.NotFoundError, 404, "resource_not_found");
  },

  async rate_limited({ credential }) {
    await refused(service(credential).createCustomer(wire), airwallex.RateLimitError, 429, "too_many_requests");
  },

  async server_error({ credential }) {
    await refused(service(credential).createCustomer(wire), airwallex.ServerError, 500, "internal_error");
  },
};
