// Checks who imports whom. Packages import only lower packages, only what they declare, and only through "exports"; no file
// reaches out of its own package; pure packages import nothing from Node; and inside a package neither files nor folders
// form circles. Exit code 1: the output names every breach.
import { checkLayers } from "./layers/check.mjs";
import { CIRCLES_LEFT } from "./layers/order.mjs";
import { ROOT } from "./lib/workspace.mjs";

const { breaches, warnings } = checkLayers(ROOT, CIRCLES_LEFT);
for (const warning of warnings) console.error(`warning: ${warning}`);
for (const breach of breaches) console.error(breach);
const left = warnings.length === 0 ? "" : ` (${warnings.length} circles are left to remove)`;
console.log(breaches.length === 0 ? `Layers: no breaches${left}.` : `Layers: ${breaches.length} breaches${left}.`);
process.exitCode = breaches.length === 0 ? 0 : 1;
