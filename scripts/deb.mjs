// npm run deb: the Debian packages v6peer, v4peer and nat64-coordinator, for amd64 and arm64.
import { requireLinuxAndNode } from "./lib/machine.mjs";
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

const HELP = `Usage: npm run deb [-- OPTIONS]

Builds the Debian packages in packaging/build/out/. Installs missing packages (apt and npm) first.

OPTIONS
  --arch NAME      Build only for amd64 or arm64. Can be repeated.
  --version TEXT   Use this Debian version instead of the one in package.json.
  --output DIR     Put the packages in DIR.
  --quick          Compress less: faster builds, larger packages.
  --help           Show this help.

Builds are reproducible: the same sources and the same SOURCE_DATE_EPOCH (by default the time of the last commit) give the
same packages.
`;

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(HELP);
  process.exit(0);
}
requireLinuxAndNode();
await setUp("deb");
process.exit(await runHere(process.execPath, [`${ROOT}packaging/dist/build/main.js`, ...args]));
