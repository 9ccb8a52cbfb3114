// Checks who imports whom. Packages import only lower packages, only what they declare, and only through "exports"; no file
// reaches out of its own package; pure packages import nothing from Node; and inside a package neither files nor folders
// form circles. Exit code 1: the output names every breach.
import { checkLayers } from "./layers/check.mjs";
import { ROOT } from "./lib/workspace.mjs";

const breaches = checkLayers(ROOT);
for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? "Layers: no breaches, no circles." : `Layers: ${breaches.length} breaches.`);
process.exitCode = breaches.length === 0 ? 0 : 1;
