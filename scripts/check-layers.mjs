// Checks who imports whom: packages import only packages above them, only what they declare, only through "exports";
// nobody reaches out of its own folder; pure packages import nothing from Node. Exit code 1 names every breach.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { ROOT } from "./lib/workspace.mjs";

/** From the ground up: an import only ever points to an earlier name. */
const ORDER = [
  "rfc6052",
  "teredo",
  "peer-protocol",
  "nat64-engine",
  "status-page",
  "daemon-kit",
  "tun",
  "coordinator",
  "v6peer-daemon",
  "v4peer-daemon",
  "v6peer-cli",
  "simnet",
  "lab",
];
/** These run in a browser, too. */
const PURE = new Set(["rfc6052", "teredo", "peer-protocol", "nat64-engine", "status-page", "simnet"]);
/** But not this: what a pure package has for Node lies in `src/node/` and has an entry of its own. */
const FOR_NODE = /^packages\/[^/]+\/src\/node\//;

const SCOPE = "@nat64/";
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'\n]+)\1/g;

const breaches = readdirSync(`${ROOT}packages`).flatMap(sourcesOf).flatMap(breachesOf);
for (const breach of breaches) console.error(breach);
console.log(breaches.length === 0 ? "Layers: as they should be." : `Layers: ${breaches.length} breaches.`);
process.exit(breaches.length === 0 ? 0 : 1);

/** The sources of a package, relative to the root. */
function sourcesOf(folder) {
  const parts = ["src", "test", "bench"].map((part) => `packages/${folder}/${part}`);
  return parts
    .filter((part) => existsSync(`${ROOT}${part}`))
    .flatMap((part) => readdirSync(`${ROOT}${part}`, { recursive: true }).map((name) => `${part}/${name}`))
    .filter((name) => /\.m?[jt]sx?$/.test(name));
}

function breachesOf(file) {
  const [, folder, part] = file.split("/");
  const source = readFileSync(`${ROOT}${file}`, "utf8");
  return [...source.matchAll(SPECIFIER)]
    .map(([, , specifier]) => ({ specifier, why: breach(file, folder, part, specifier) }))
    .filter(({ why }) => why !== undefined)
    .map(({ specifier, why }) => `${file}: imports "${specifier}": ${why}`);
}

/** What is wrong with an import, if anything. */
function breach(file, folder, part, specifier) {
  if (specifier.startsWith(".")) {
    const home = `packages/${folder}`;
    const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
    return target.startsWith(`${home}/`) ? undefined : "it lies outside the package";
  }
  if (specifier.startsWith(SCOPE)) return siblingBreach(folder, part, specifier.slice(SCOPE.length));
  const isNode = specifier.startsWith("node:");
  return isNode && part === "src" && PURE.has(folder) && !FOR_NODE.test(file)
    ? "a pure package runs without Node"
    : undefined;
}

function siblingBreach(folder, part, path) {
  const [sibling, ...subpath] = path.split("/");
  if (ORDER.indexOf(sibling) < 0) return "there is no such package in the order of layers";
  if (sibling !== folder && ORDER.indexOf(sibling) > ORDER.indexOf(folder)) return "it is a layer above";
  if (!(["."].concat(subpath).join("/") in manifest(sibling).exports)) return "it is not in that package's exports";
  const { dependencies = {}, devDependencies = {} } = manifest(folder);
  const declared = part === "src" ? dependencies : { ...devDependencies, ...dependencies };
  return sibling === folder || `${SCOPE}${sibling}` in declared ? undefined : "package.json does not declare it";
}

function manifest(folder) {
  return JSON.parse(readFileSync(`${ROOT}packages/${folder}/package.json`, "utf8"));
}
