// npm run bench: installs and builds what is needed, then runs a bench.
import { existsSync } from "node:fs";
import * as engineOptions from "../packages/nat64-engine/bench/options.mjs";
import * as labOptions from "./lib/lab-bench-options.mjs";
import { requireRootAndTun } from "./lib/machine.mjs";
import { fail } from "./lib/say.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `Usage: npm run bench -- BENCH [OPTIONS]

BENCH
  local    Measure a client, a translator and a server in network namespaces on this machine. Compares kernel
           forwarding, TAYGA and this project. Needs root.
  peer     Measure the whole peer path, with a relay, a NAT and an IPv4 peer. Compares kernel forwarding over the
           same hops, Miredo's relay and client, and this project with a Miredo relay, with the built-in relay, and
           with the built-in relay on interfaces without UDP segmentation offload. Needs root.
  picture RESULT.json [--svg FILE]
           Draw a chart from the --json output of local or peer. Without --svg it is printed on standard output.
  engine   Measure the engine alone, in memory.

OPTIONS of local and peer
${labOptions.HELP}
OPTIONS of engine
${engineOptions.HELP}
  --help            show this help

Progress is printed on standard error. Exit codes: 1 a measurement failed, 2 usage error, 3 a goal was missed (with
--goals).
`;

const LAB = "packages/lab/dist/bench/main.js";
const ENGINE = "packages/nat64-engine/bench/engine.mjs";

/** Each bench: its program, the arguments before the options, how options are read, and whether it needs namespaces. */
const BENCHES = {
  local: { program: LAB, first: ["local"], readOptions: labOptions.readOptions, needsRoot: true },
  peer: { program: LAB, first: ["peer"], readOptions: labOptions.readOptions, needsRoot: true },
  picture: { program: LAB, first: ["picture"], readOptions: labOptions.readPictureOptions, needsRoot: false },
  engine: { program: ENGINE, first: [], readOptions: engineOptions.readOptions, needsRoot: false },
};

const [what, ...args] = process.argv.slice(2);
if ([what, ...args].some((arg) => arg === "--help" || arg === "-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (!Object.hasOwn(BENCHES, what ?? "")) {
  process.stderr.write(`${what === undefined ? "Name a bench." : `Unknown bench "${what}".`}\n\n${HELP}`);
  process.exit(2);
}
const { program, first, readOptions, needsRoot } = BENCHES[what];
const { problem } = readOptions(args);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n\n${HELP}`);
  process.exit(2);
}
if (needsRoot) requireRootAndTun();
await setUp(needsRoot ? "bench" : "build");
if (!existsSync(`${ROOT}${program}`)) fail(`${program} is missing`);
process.exit(await runHere(process.execPath, [`${ROOT}${program}`, ...first, ...args]));
