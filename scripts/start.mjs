// npm start: the demo. Sets everything up, then runs packages/lab's demo.
import { requireLinuxAndNode, requireRootAndTun } from "./lib/machine.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const DEMOS = ["local", "peer"];
const OPTIONS = ["--keep", "--down", "--help", "-h"];

const HELP = `npm start [-- [DEMO] OPTIONS]

An IPv6-only client reaches an IPv4-only web server through the NAT64, on this machine, in network namespaces.
Installs what is missing (apt and npm), builds, shows it, and removes everything. Needs Linux and root.

DEMO
  peer     the IPv6 peer has no IPv4 at all: packets leave through an IPv4 peer behind a home NAT (this is the default)
  local    the IPv6 peer has IPv4 itself, and translates to it

OPTIONS
  --keep   leave it up afterwards and print how to enter each host
  --down   remove what --keep of this checkout left up
  --help   this text
`;

const args = process.argv.slice(2);
const unknown = args.find((arg) => ![...DEMOS, ...OPTIONS].includes(arg));
if (unknown !== undefined) {
  process.stderr.write(`There is no ${unknown.startsWith("-") ? "option" : "demo"} ${unknown}.\n\n${HELP}`);
  process.exit(2);
}
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (args.includes("--keep") && args.includes("--down")) {
  process.stderr.write(`--keep and --down exclude each other: say one of them.\n\n${HELP}`);
  process.exit(2);
}
requireLinuxAndNode();
requireRootAndTun();
await setUp("start");
process.exit(await runHere(process.execPath, [`${ROOT}packages/lab/dist/demo/main.js`, ...args]));
