// npm run deb: the Debian packages v6peer, v4peer and nat64-coordinator, for amd64 and arm64.
import { requireLinuxAndNode } from "./lib/machine.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `npm run deb [-- OPTIONS]

Installs what is missing (apt and npm), builds, and puts the packages into packaging/build/out/.

OPTIONS
  --arch NAME      amd64 or arm64 alone; may be repeated
  --version TEXT   this Debian version instead of that in package.json
  --output DIR     another place for the packages
  --quick          hardly compressed: larger, sooner
  --help           this text

SOURCE_DATE_EPOCH dates everything; by default the last commit does. Same sources, same time: same packages.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
requireLinuxAndNode();
await setUp("deb");
process.exit(await runHere(process.execPath, [`${ROOT}packaging/dist/build/main.js`, ...args]));
