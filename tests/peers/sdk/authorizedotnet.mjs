// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import authorizenet from "authorizenet";
import { customer, halves } from "./sandbox.mjs";

const { APIContracts: contracts, APIControllers: controllers, Constants: constants } = authorizenet;

export const hosts = [];

const identifying = {
  merchantCustomerId: customer.merchantCustomerId,
  description: customer.description,
  email: customer.email,
};

const address = {
  firstName: customer.firstName,
  lastName: customer.lastName,
  company: "Example Company",
  address: "1 Example Street, Apt 2",
  city: "Springfield",
  state: "IL",
  zip: "62701",
  country: "US",
  phoneNumber: customer.phone,
  faxNumber: "555-555-0101",
  email: customer.email,
};

/** Fills one of the SDK's models through its setters, the last member first: the order is for the SDK to see to. */
function fill(model, members) {
  for (const [name, value] of Object.entries(members).reverse())
    model[`set${name[0].toUpperCase()}${name.slice(1)}`](value);
  return model;
}

/** Calls `operation` and gives back the SDK's model of the answer. */
async function call(sandbox, operation, members, credential = sandbox.credential) {
  const [name, transactionKey] = halves(credential);
  const request = fill(new contracts[`${operation}Request`](), members);
  request.setMerchantAuthentication(fill(new contracts.MerchantAuthenticationType(), { name, transactionKey }));
  const controller = new controllers[`${operation}Controller`](request.getJSON());
  controller.setEnvironment(sandbox.base_url + new URL(constants.endpoint.sandbox).pathname);
  // The SDK keeps an error of the transport to itself.
  let watch;
  await new Promise((resolve, reject) => {
    watch = setInterval(() => controller.getError() && reject(controller.getError()), 100);
    controller.execute(resolve);
  }).finally(() => clearInterval(watch));
  return new contracts[`${operation}Response`](controller.getResponse());
}

const create = (sandbox, members, credential) =>
  call(sandbox, "CreateCustomerProfile", { profile: fill(new contracts.CustomerProfileType(), members) }, credential);

function accepted(response) {
  const messages = response.getMessages();
  const [{ code, text }] = messages.getMessage();
  assert.deepEqual([messages.getResultCode(), code], [contracts.MessageTypeEnum.OK, "I00001"], text);
  return response;
}

function refused(response, code) {
  const messages = response.getMessages();
  const [first] = messages.getMessage();
  const text = first.getText();
  assert.deepEqual([messages.getResultCode(), first.getCode()], [contracts.MessageTypeEnum.ERROR, code], text);
  return text;
}

export const cases = {
  async documented(sandbox) {
    const id = accepted(await create(sandbox, identifying)).getCustomerProfileId();
    assert.match(id, /^[0-9]+$/);
    const answer = accepted(await call(sandbox, "GetCustomerProfile", { customerProfileId: id }));
    const found = answer.getProfile();
    for (const [name, value] of Object.entries({ customerProfileId: id, ...identifying }))
      assert.equal(found[name], value, name);
    return id;
  },

  async shipping_address(sandbox) {
    const shipToList = [fill(new contracts.CustomerAddressType(), address)];
    const answer = accepted(await create(sandbox, { ...identifying, shipToList, profileType: "regular" }));
    return answer.getCustomerProfileId();
  },

  async duplicate(sandbox) {
    const id = accepted(await create(sandbox, identifying)).getCustomerProfileId();
    const text = refused(await create(sandbox, identifying), "E00039");
    assert.equal(text, `A duplicate record with ID ${id} already exists.`);
    return id;
  },

  async invalid_field(sandbox) {
    const text = refused(await create(sandbox, { ...identifying, merchantCustomerId: "a".repeat(21) }), "E00003");
    assert.match(text, /:merchantCustomerId' element is invalid .* greater than the MaxLength value\.$/);
  },

  async missing_field(sandbox) {
    const text = refused(await create(sandbox, {}), "E00041");
    assert.equal(text, "One or more fields in the profile must contain a value.");
  },

  async unauthorized(sandbox) {
    const text = refused(await create(sandbox, identifying, "NOBODY:NOTHING"), "E00007");
    assert.equal(text, "User authentication failed due to invalid authentication values.");
  },

  async forbidden(sandbox) {
    refused(await create(sandbox, identifying, sandbox.read_only_credential), "E00011");
  },

  async not_found(sandbox) {
    refused(await call(sandbox, "GetCustomerProfile", { customerProfileId: "900000001" }), "E00040");
  },
};
