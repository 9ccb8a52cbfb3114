// npm run fuzz: installs and builds what is needed, then fuzzes.
import { setUp } from "./lib/set-up.mjs";
import { ROOT, runHere } from "./lib/workspace.mjs";

await setUp("build");
process.exit(await runHere(process.execPath, [`${ROOT}packages/fuzz/dist/main.js`, ...process.argv.slice(2)]));
