// SPDX-License-Identifier: Apache-2.0
// Runs one case of one SDK. The sandbox is described on standard input by what `serve_sandbox` prints first. The
// result of the case goes out as JSON; a case that fails ends with exit code 1 and the reason on standard error.
//
// usage: node run.mjs NAME CASE
import https from "node:https";
import { readFileSync } from "node:fs";
import { SandboxAgent } from "./sandbox.mjs";

const [name, wanted] = process.argv.slice(2);
const sandbox = JSON.parse(readFileSync(0, "utf8"));
const sdk = await import(`./${name}.mjs`);
https.globalAgent = new SandboxAgent(sandbox.port, sdk.hosts);
// One SDK leaves a timer that would keep the process alive.
await sdk.cases[wanted](sandbox).then(
  (result) => process.stdout.write(`${JSON.stringify(result ?? null)}\n`, () => process.exit(0)),
  // Not all of the error: some have the whole connection in them.
  (error) => process.stderr.write(`${error.stack}\n${JSON.stringify(error.body) ?? ""}\n`, () => process.exit(1)),
);
