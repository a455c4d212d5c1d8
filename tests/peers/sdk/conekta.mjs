// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import conekta from "conekta";
import { customer, rejection } from "./sandbox.mjs";

export const hosts = [];

const wire = {
  name: `${customer.firstName} ${customer.lastName}`,
  email: customer.email,
  phone: customer.phone,
  custom_reference: customer.merchantCustomerId,
};

function customers(sandbox, accessToken = sandbox.credential) {
  // The SDK would ask for version 2.3.0, and the sandbox speaks the one that is published.
  const baseOptions = { headers: { Accept: "application/vnd.conekta-v2.2.0+json" } };
  return new conekta.CustomersApi(new conekta.Configuration({ accessToken, basePath: sandbox.base_url, baseOptions }));
}

async function refused(promise, status, type, code) {
  const { response } = await rejection(promise);
  assert.deepEqual([response.status, response.data.object, response.data.type], [status, "error", type]);
  const [first] = response.data.details;
  if (code) assert.equal(first.code, `conekta.errors.${code}`);
  return first;
}

export const cases = {
  async documented(sandbox) {
    const all = customers(sandbox);
    const { status, data: { id } } = await all.createCustomer(wire);
    assert.equal(status, 200);
    assert.match(id, /^cus_[A-Za-z0-9]+$/);
    const { data: found } = await all.getCustomerById(id);
    for (const [name, value] of Object.entries({ id, ...wire })) assert.equal(found[name], value, name);
    const { data: page } = await all.getCustomers("en", undefined, 5, wire.custom_reference);
    assert.deepEqual([page.has_more, page.data.map((each) => each.id)], [false, [id]]);
    return id;
  },

  async changed(sandbox) {
    const all = customers(sandbox);
    const { data: { id } } = await all.createCustomer(wire);
    const { data: found } = await all.updateCustomer(id, { name: "John Roe" });
    assert.deepEqual([found.id, found.name, found.email], [id, "John Roe", wire.email]);
    return id;
  },

  async removed(sandbox) {
    const all = customers(sandbox);
    const { data: { id } } = await all.createCustomer(wire);
    assert.equal((await all.deleteCustomerById(id)).data.id, id);
    await refused(all.getCustomerById(id), 404, "resource_not_found_error", "resource_not_found.entity");
  },

  async invalid_field(sandbox) {
    const promise = customers(sandbox).createCustomer({ ...wire, email: "nowhere" });
    assert.equal((await refused(promise, 422, "parameter_validation_error")).param, "email");
  },

  async missing_field(sandbox) {
    const { phone: _, ...rest } = wire;
    const promise = customers(sandbox).createCustomer(rest);
    assert.equal((await refused(promise, 422, "parameter_validation_error")).param, "phone");
  },

  async unauthorized(sandbox) {
    await refused(customers(sandbox, "key_nobody").createCustomer(wire), 401, "authentication_error");
  },

  async forbidden(sandbox) {
    const { response } = await rejection(customers(sandbox, sandbox.read_only_credential).createCustomer(wire));
    assert.equal(response.status, 403);
  },

  async not_found(sandbox) {
    const promise = customers(sandbox).getCustomerById("cus_FAKE0000000000001");
    await refused(promise, 404, "resource_not_found_error", "resource_not_found.entity");
  },

  async rate_limited(sandbox) {
    const { response } = await rejection(customers(sandbox).createCustomer(wire));
    assert.equal(response.status, 429);
  },

  async server_error(sandbox) {
    await refused(customers(sandbox).createCustomer(wire), 500, "api_error", "api.system.general_failure");
  },
};
