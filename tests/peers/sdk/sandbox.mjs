// SPDX-License-Identifier: Apache-2.0
// What the scripts of all SDKs need to talk to a sandbox on this machine.
import assert from "node:assert/strict";
import https from "node:https";

/** The documentation's customer. */
export const customer = {
  merchantCustomerId: "cust_user_12345",
  email: "john.doe@example.com",
  firstName: "John",
  lastName: "Doe",
  phone: "+1-555-123-4567",
  description: "Premium plan subscriber",
};

/** The documentation's telephone number without its hyphens, which some processors refuse. */
export const plainPhone = customer.phone.replaceAll("-", "");

/** An idempotency key, where an SDK wants one. */
export const key = "idem-documentation_example";

/** The two halves of a credential of two parts. */
export const halves = (credential) => credential.split(":", 2);

/** What a promise is rejected with; it is an error if it is not. */
export async function rejection(promise) {
  const outcome = await promise.then((value) => ({ value }), (error) => ({ error }));
  assert.ok(outcome.error, `accepted: ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}

/**
 * An agent that leads what is meant for `hosts` to the sandbox, with its certificate verified, and what names the
 * sandbox itself. Any other host is an error. Node makes more of its class, for requests that want no agent.
 */
export function sandboxAgent(port, hosts) {
  class SandboxAgent extends https.Agent {
    createConnection(options, callback) {
      const named = options.host === "localhost" && Number(options.port) === port;
      if (!named && !hosts.includes(options.host)) throw new Error(`${options.host} is not the sandbox`);
      const target = { host: "127.0.0.1", port, servername: "localhost" };
      return super.createConnection({ ...options, ...target }, callback);
    }
  }
  return new SandboxAgent();
}

/** What `sandboxAgent` is, for `fetch`. A whole `Request` has to name the sandbox itself. */
export function sandboxFetch(port, hosts, fetch = globalThis.fetch) {
  return (resource, options) => {
    const whole = resource instanceof Request;
    const url = new URL(whole ? resource.url : resource);
    if (!whole && hosts.includes(url.hostname)) url.host = `localhost:${port}`;
    if (url.protocol !== "https:" || url.host !== `localhost:${port}`)
      throw new Error(`${url.host} is not the sandbox`);
    return fetch(whole ? resource : url, options);
  };
}
