// npm run sim: sets everything up, then runs the simulation of the whole network. Needs no root.
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `npm run sim [-- OPTIONS]

IPv6 peers, IPv4 peers behind NATs of every kind, relays and a coordinator, with their real machines, in virtual time
over a simulated network in which everything fails now and then. At the end every pair has to work.

OPTIONS
  --seed N       the same seed gives the same run (default 1)
  --v6 N         IPv6 peers (default 100)
  --v4 N         IPv4 peers (default 1000)
  --hours H      virtual hours (default 1, at least 1/6)
  --loss P       probability that a packet is lost on a peer's access link (default 0.05)
  --restarts N   how often the coordinator is killed and comes back (default 2)
  --exits N      exits that each IPv6 peer wants (default 10)
  --json         the report as JSON
  --help         this text

Progress goes to standard error. The exit code is 1 when something does not hold, with the seed, what it was and the
end of the trace; 2 when this text was needed.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
// What the demo needs is all that the build needs.
await setUp("start");
process.exit(await runHere(process.execPath, [`${ROOT}packages/lab/dist/sim/main.js`, ...args]));
