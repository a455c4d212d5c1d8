// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as mercadopago from "mercadopago";
import { customer, key, rejection } from "./sandbox.mjs";

export const hosts = ["api.mercadopago.com"];

const body = {
  email: customer.email,
  first_name: customer.firstName,
  last_name: customer.lastName,
  phone: { area_code: "1", number: "5551234567" },
  description: customer.description,
  metadata: { merchant_customer_id: customer.merchantCustomerId },
};

const customers = (accessToken) =>
  new mercadopago.Customer(
    new mercadopago.MercadoPagoConfig({ accessToken, options: { idempotencyKey: key, maxRetries: 0 } }),
  );

async function refused(promise, type, status, ...codes) {
  const error = await rejection(promise);
  assert.equal(error.constructor, type, String(error));
  const found = error.causes.map((cause) => cause.code).filter(Boolean);
  assert.deepEqual([error.status, found], [status, codes], error.message);
  return error;
}

const { MPBadRequestError: BadRequest } = mercadopago;

export const cases = {
  async documented({ credential }) {
    const all = customers(credential);
    const { id, api_response: answer } = await all.create({ body });
    assert.equal(answer.status, 201);
    assert.match(id, /^[0-9]+-[A-Za-z0-9]+$/);
    const found = await all.get({ customerId: id });
    for (const [name, value] of Object.entries({ id, ...body })) assert.deepEqual(found[name], value, name);
    const page = await all.search({ options: { email: body.email } });
    assert.deepEqual([page.paging.total, page.results.map((each) => each.id)], [1, [id]]);
    return id;
  },

  async duplicate({ credential }) {
    const all = customers(credential);
    const { id } = await all.create({ body });
    const error = await refused(all.create({ body }), BadRequest, 400, "101");
    assert.equal(error.message, "the customer already exist.");
    return id;
  },

  async changed({ credential }) {
    const all = customers(credential);
    const { id } = await all.create({ body });
    const found = await all.update({ customerId: id, body: { description: "Basic plan" } });
    assert.deepEqual([found.id, found.description, found.email], [id, "Basic plan", body.email]);
    assert.deepEqual(found.metadata, body.metadata);
    return id;
  },

  async removed({ credential }) {
    const all = customers(credential);
    const { id } = await all.create({ body });
    assert.equal((await all.remove({ customerId: id })).id, id);
    await refused(all.get({ customerId: id }), mercadopago.MPNotFoundError, 404);
  },

  async invalid_field({ credential }) {
    const promise = customers(credential).create({ body: { ...body, email: "nowhere" } });
    await refused(promise, BadRequest, 400, "106");
  },

  async missing_field({ credential }) {
    const { email: _, ...rest } = body;
    await refused(customers(credential).create({ body: rest }), BadRequest, 400, "106");
  },

  async unauthorized() {
    await refused(customers("APP_USR-nobody").create({ body }), mercadopago.MPAuthenticationError, 401);
  },

  async forbidden({ read_only_credential }) {
    await refused(customers(read_only_credential).create({ body }), mercadopago.MPForbiddenError, 403);
  },

  async not_found({ credential }) {
    const promise = customers(credential).get({ customerId: "000000000-FAKE0000000000" });
    await refused(promise, mercadopago.MPNotFoundError, 404);
  },

  async rate_limited({ credential }) {
    await refused(customers(credential).create({ body }), mercadopago.MPRateLimitError, 429);
  },

  async server_error({ credential }) {
    await refused(customers(credential).create({ body }), mercadopago.MPServerError, 500);
  },
};
