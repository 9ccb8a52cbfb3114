// npm run sim: installs and builds what is needed, then simulates the whole network. Does not need root.
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `Usage: npm run sim [-- OPTIONS]

Simulates IPv6 peers, IPv4 peers behind every type of NAT, relays and a coordinator, using their real state machines in
virtual time. In the simulated network everything fails occasionally. At the end every pair must work.

OPTIONS
  --seed N       Seed of the random numbers. The same seed gives the same run. (default 1)
  --v6 N         Number of IPv6 peers. (default 100)
  --v4 N         Number of IPv4 peers. (default 1000)
  --hours H      Virtual hours, at least 1/6. (default 1)
  --loss P       Probability that a packet is lost on a peer's access link. (default 0.05)
  --restarts N   How often the coordinator is killed and restarted. (default 2)
  --exits N      Number of exits that each IPv6 peer requests. (default 10)
  --json         Print the report as JSON.
  --help         Show this help.

Progress is printed on standard error. Exit codes: 1 an invariant does not hold (the output shows the seed, the invariant
and the end of the trace), 2 usage error.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
// The build needs nothing that the demo does not need.
await setUp("start");
process.exit(await runHere(process.execPath, [`${ROOT}packages/lab/dist/sim/main.js`, ...args]));
