// npm run attack: installs and builds what is needed, then attacks a running service in namespaces.
import { existsSync } from "node:fs";
import { HELP, readOptions } from "./lib/attack-options.mjs";
import { requireRootAndTun } from "./lib/machine.mjs";
import { fail } from "./lib/say.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const PROGRAM = `${ROOT}packages/lab/dist/attack/main.js`;
const args = process.argv.slice(2);
if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
const { problem, list } = readOptions(args);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n\n${HELP}`);
  process.exit(2);
}
if (!list) requireRootAndTun();
await setUp("start");
if (!existsSync(PROGRAM)) fail(`${PROGRAM} is missing`);
process.exit(await runHere(process.execPath, [PROGRAM, ...args]));
