// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import recurly from "recurly";
import { customer, key, rejection } from "./sandbox.mjs";

export const hosts = [];

const wanted = {
  code: customer.merchantCustomerId,
  email: customer.email,
  firstName: customer.firstName,
  lastName: customer.lastName,
  address: { phone: customer.phone },
};

/** The SDK has no option for its host, but one for what carries its requests. */
class Adapter extends recurly.DefaultHttpAdapter {
  constructor(base) {
    super();
    this.base = base;
  }

  execute(method, url, ...rest) {
    const { hostname, pathname, search } = new URL(url);
    assert.equal(hostname, "v3.recurly.com");
    return super.execute(method, this.base + pathname + search, ...rest);
  }
}

const client = (sandbox, credential = sandbox.credential) =>
  new recurly.Client(credential, { httpAdapter: new Adapter(sandbox.base_url) });

async function refused(promise, type, status) {
  const error = await rejection(promise);
  assert.equal(error.constructor, type, String(error));
  assert.equal(error.getResponse().status, status, String(error));
  return error;
}

const { errors } = recurly;

async function invalid(promise, param) {
  const error = await refused(promise, errors.ValidationError, 422);
  assert.equal(error.params[0].param, param);
}

export const cases = {
  async documented(sandbox) {
    const service = client(sandbox);
    const { id } = await service.createAccount(wanted);
    for (const found of [await service.getAccount(id), await service.getAccount(`code-${wanted.code}`)]) {
      const { address, ...rest } = wanted;
      for (const [name, value] of Object.entries({ id, ...rest })) assert.equal(found[name], value, name);
      assert.equal(found.address.phone, address.phone);
      assert.deepEqual([found.state, found.createdAt.constructor], ["active", Date]);
    }
    const listed = [];
    for await (const each of service.listAccounts({ params: { email: wanted.email } }).each()) listed.push(each.id);
    assert.deepEqual(listed, [id]);
    return id;
  },

  async repeated(sandbox) {
    const service = client(sandbox);
    const options = { headers: { "Idempotency-Key": key } };
    const { id } = await service.createAccount(wanted, options);
    assert.equal((await service.createAccount(wanted, options)).id, id);
    return id;
  },

  async duplicate(sandbox) {
    const service = client(sandbox);
    const { id } = await service.createAccount(wanted);
    await invalid(service.createAccount(wanted), "code");
    return id;
  },

  async changed(sandbox) {
    const service = client(sandbox);
    const { id } = await service.createAccount(wanted);
    const customFields = [{ name: "plan", value: "basic" }];
    const found = await service.updateAccount(id, { lastName: "Roe", customFields });
    assert.deepEqual([found.id, found.lastName, found.email], [id, "Roe", wanted.email]);
    assert.deepEqual(found.customFields.map(({ name, value }) => ({ name, value })), customFields);
    return id;
  },

  async deactivated(sandbox) {
    const service = client(sandbox);
    const { id } = await service.createAccount(wanted);
    assert.equal((await service.deactivateAccount(id)).state, "inactive");
    await refused(service.deactivateAccount(id), errors.ValidationError, 422);
    assert.equal((await service.getAccount(id)).state, "inactive");
    assert.equal((await service.reactivateAccount(id)).state, "active");
    return id;
  },

  async invalid_field(sandbox) {
    await invalid(client(sandbox).createAccount({ ...wanted, email: "nowhere" }), "email");
  },

  async missing_field(sandbox) {
    const { code: _, ...rest } = wanted;
    await invalid(client(sandbox).createAccount(rest), "code");
  },

  async unauthorized(sandbox) {
    await refused(client(sandbox, "nobody").createAccount(wanted), errors.UnauthorizedError, 401);
  },

  async forbidden(sandbox) {
    const reader = client(sandbox, sandbox.read_only_credential);
    await refused(reader.createAccount(wanted), errors.InvalidPermissionsError, 403);
  },

  async not_found(sandbox) {
    const error = await refused(client(sandbox).getAccount("code-nobody"), errors.NotFoundError, 404);
    assert.equal(error.message, "Couldn't find Account with code = nobody");
  },

  async rate_limited(sandbox) {
    await refused(client(sandbox).createAccount(wanted), errors.RateLimitedError, 429);
  },

  async server_error(sandbox) {
    await refused(client(sandbox).createAccount(wanted), errors.InternalServerError, 500);
  },
};
