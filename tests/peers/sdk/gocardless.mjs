// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { GoCardlessClient } from "gocardless-nodejs";
import { Environments } from "gocardless-nodejs/constants";
import * as errors from "gocardless-nodejs/errors";
import { customer, key, rejection } from "./sandbox.mjs";

export const hosts = ["api-sandbox.gocardless.com"];

const wire = {
  email: customer.email,
  given_name: customer.firstName,
  family_name: customer.lastName,
  phone_number: customer.phone,
  metadata: { merchant_customer_id: customer.merchantCustomerId },
};

const service = (token, options = {}) => new GoCardlessClient(token, Environments.Sandbox, options).customers;

async function refused(customers, request, type) {
  const error = await rejection(customers.create(request));
  assert.equal(error.constructor, type, String(error));
  assert.match(error.requestId ?? "", type === errors.RateLimitError ? /^$/ : /^[0-9a-f-]{36}$/);
  return error;
}

export const cases = {
  async documented({ credential }) {
    const customers = service(credential);
    const { id, __response__: response } = await customers.create(wire, key);
    assert.equal(response.statusCode, 201);
    const { __response__, ...found } = await customers.find(id);
    for (const [name, value] of Object.entries({ id, ...wire })) assert.deepEqual(found[name], value, name);
    assert.ok(!Number.isNaN(Date.parse(found.created_at)), found.created_at);
    return id;
  },

  async repeated({ credential }) {
    const first = await service(credential).create(wire, key);
    const second = await service(credential).create(wire, key);
    assert.equal(second.id, first.id);
    const strict = service(credential, { raiseOnIdempotencyConflict: true });
    const error = await rejection(strict.create(wire, key));
    assert.equal(error.constructor, errors.IdempotentCreationConflictError, String(error));
    assert.equal(error.conflictingResourceId, first.id);
    assert.equal(error.code, 409);
    return first.id;
  },

  async invalid_field({ credential }) {
    const request = { ...wire, country_code: "Narnia" };
    const error = await refused(service(credential), request, errors.ValidationFailedError);
    assert.equal(error.code, 422);
    const [{ field, request_pointer: pointer }] = error.errors;
    assert.deepEqual([field, pointer], ["country_code", "/customers/country_code"]);
    assert.equal(`${error}`, "Validation failed (country_code is invalid)");
  },

  async missing_field({ credential }) {
    const { family_name: _, ...request } = wire;
    const error = await refused(service(credential), request, errors.ValidationFailedError);
    assert.deepEqual([error.code, error.errors[0].field], [422, "family_name"]);
  },

  async unauthorized() {
    const error = await refused(service("sandbox_nobody"), wire, errors.AuthenticationError);
    assert.deepEqual([error.code, error.errorType, error.errors[0].reason], [401, "invalid_api_usage", "unauthorized"]);
  },

  async forbidden({ read_only_credential }) {
    const error = await refused(service(read_only_credential), wire, errors.PermissionsError);
    assert.deepEqual([error.code, error.errors[0].reason], [403, "insufficient_permissions"]);
  },

  async not_found({ credential }) {
    const error = await rejection(service(credential).find("CU00000000NONE"));
    assert.equal(error.constructor, errors.InvalidApiUsageError, String(error));
    assert.deepEqual([error.code, error.errors[0].reason], [404, "resource_not_found"]);
  },

  async rate_limited({ credential }) {
    const error = await refused(service(credential), wire, errors.RateLimitError);
    assert.deepEqual([error.code, error.errors[0].reason], [429, "rate_limit_exceeded"]);
  },

  async server_error({ credential }) {
    const error = await refused(service(credential), wire, errors.GoCardlessInternalError);
    assert.deepEqual([error.code, error.errorType], [500, "gocardless"]);
  },
};
