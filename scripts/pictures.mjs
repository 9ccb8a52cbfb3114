// npm run pictures: takes the pictures of the status page that docs/status-page.md shows, of real daemons with real traffic.
import { requireLinuxAndNode, requireRootAndTun } from "./lib/machine.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `npm run pictures

Takes the pictures in docs/status-page/ anew: brings up an IPv6 peer with three IPv4 peers and clients in network
namespaces, looks at its status page with Chromium, and removes everything. About three minutes; needs Linux and root.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (args.length > 0) {
  process.stderr.write(`There is no ${args[0]}.\n\n${HELP}`);
  process.exit(2);
}
requireLinuxAndNode();
requireRootAndTun();
await setUp("pictures");
process.exit(await runHere(process.execPath, [`${ROOT}packages/lab/dist/pictures/main.js`, `${ROOT}docs/status-page`]));
