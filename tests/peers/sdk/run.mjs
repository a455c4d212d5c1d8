// SPDX-License-Identifier: Apache-2.0
// Runs cases of one SDK. The first line in describes the sandbox, as `serve_sandbox` does; every line after it names
// a case, which is answered with one line of JSON: {"made": ID or null}, or {"problem": TEXT}. The end of input stops
// it.
//
// usage: node run.mjs NAME
import https from "node:https";
import { createInterface } from "node:readline";
import { sandboxAgent, sandboxFetch } from "./sandbox.mjs";

// Standard output is for the results.
console.log = console.error;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const sandbox = JSON.parse((await lines.next()).value);
const sdk = await import(`./${process.argv[2]}.mjs`);
https.globalAgent = sandboxAgent(sandbox.port, sdk.hosts);
globalThis.fetch = sandboxFetch(sandbox.port, sdk.hosts);
for await (const wanted of lines) {
  const result = await sdk.cases[wanted](sandbox).then(
    (made) => ({ made: made ?? null }),
    // Not all of the error: some have the whole connection in them.
    (error) => ({ problem: `${error.stack ?? error}\n${JSON.stringify(error.body) ?? ""}` }),
  );
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
// One SDK leaves a timer that would keep the process alive.
process.exit(0);
