// npm start: installs and builds what is needed, then runs the demo of packages/lab.
import { requireLinuxAndNode, requireRootAndTun } from "./lib/machine.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const DEMOS = ["local", "peer"];
const OPTIONS = ["--keep", "--down", "--help", "-h"];

const HELP = `Usage: npm start [-- [DEMO] OPTIONS]

Demonstrates how an IPv6-only client reaches an IPv4-only web server through the NAT64, in network namespaces on this
machine. Installs missing packages (apt and npm), builds, runs the demo, and removes the namespaces. Needs Linux and root.

DEMO
  peer     The IPv6 peer has no IPv4. Packets leave through an IPv4 peer behind a home NAT. (default)
  local    The IPv6 peer has IPv4 and translates to it directly.

OPTIONS
  --keep   Keep the hosts running afterwards, and print how to enter each of them.
  --down   Remove hosts that --keep left running in this checkout.
  --help   Show this help.
`;

const args = process.argv.slice(2);
const unknown = args.find((arg) => ![...DEMOS, ...OPTIONS].includes(arg));
if (unknown !== undefined) {
  process.stderr.write(`Unknown ${unknown.startsWith("-") ? "option" : "demo"} "${unknown}".\n\n${HELP}`);
  process.exit(2);
}
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (args.includes("--keep") && args.includes("--down")) {
  process.stderr.write(`--keep and --down cannot be used together.\n\n${HELP}`);
  process.exit(2);
}
requireLinuxAndNode();
requireRootAndTun();
await setUp("start");
process.exit(await runHere(process.execPath, [`${ROOT}packages/lab/dist/demo/main.js`, ...args]));
