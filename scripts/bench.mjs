// npm run bench: sets everything up, then runs a bench.
import { existsSync } from "node:fs";
import * as engineOptions from "../packages/nat64-engine/bench/options.mjs";
import * as labOptions from "./lib/lab-bench-options.mjs";
import { requireRootAndTun } from "./lib/machine.mjs";
import { fail } from "./lib/say.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `npm run bench -- WHAT [OPTIONS]

WHAT
  local    a client, a translator and a server on this machine, in network namespaces: kernel forwarding,
           TAYGA and ours, interleaved. Needs root.
  peer     the whole peer path, with a relay, a NAT and an IPv4 peer: kernel forwarding of the same hops, Miredo's
           relay and client, ours with a Miredo relay, ours with the built-in relay, and that where the interfaces
           cannot segment UDP, interleaved. Needs root.
  picture RESULT.json [--svg FILE]
           draws what \`--json\` of local or peer printed, without measuring; without --svg on standard output
  engine   the engine alone, in memory

OPTIONS of local and peer
${labOptions.HELP}
OPTIONS of engine
${engineOptions.HELP}
  --help            this text

Progress goes to standard error. The exit code is 1 when a measurement failed, 2 when this text was needed, 3 when --goals
was asked for and one is missed.
`;

const LAB = "packages/lab/dist/bench/main.js";
const ENGINE = "packages/nat64-engine/bench/engine.mjs";

/** Each bench: its program, with what comes before the options, how these are read, and whether it makes namespaces. */
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
  process.stderr.write(`${what === undefined ? "Say what to measure." : `There is no bench "${what}".`}\n\n${HELP}`);
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
