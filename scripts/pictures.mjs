// npm run pictures: makes the screenshots in docs/status-page.md, of real daemons with real traffic.
import { requireLinuxAndNode, requireRootAndTun } from "./lib/machine.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `Usage: npm run pictures

Updates the screenshots in docs/status-page/: starts an IPv6 peer with three IPv4 peers and clients in network namespaces,
opens the status page in Chromium, and removes everything afterwards. Takes about three minutes. Needs Linux and root.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (args.length > 0) {
  process.stderr.write(`Unknown argument "${args[0]}".\n\n${HELP}`);
  process.exit(2);
}
requireLinuxAndNode();
requireRootAndTun();
await setUp("pictures");
process.exit(await runHere(process.execPath, [`${ROOT}packages/lab/dist/pictures/main.js`, `${ROOT}docs/status-page`]));
