// The units that have a place in the order: the packages, packaging and scripts; and the files of each.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const SOURCE = /\.m?[jt]sx?$/;
const NATIVE = /\.[ch]$/;
const PARTS = ["src", "test", "bench", "native"];

/**
 * All units below `root` (with a slash at its end). `home` is the folder of a unit, relative to `root`; `parts` are the
 * folders below it that hold sources; `manifest` is the path of its package.json.
 */
export function readUnits(root) {
  const packages = list(`${root}packages`).map(packageUnit);
  const others = [
    unit("packaging", "packaging"),
    { name: "scripts", home: "scripts", parts: ["."], manifest: "package.json" },
  ];
  return [...packages, ...others.filter(({ home }) => existsSync(`${root}${home}`))];
}

/** The TypeScript and JavaScript files of some parts of a unit, relative to `root`. */
export function sourcesOf(root, { home, parts }, only = parts) {
  return filesOf(root, home, only, SOURCE);
}

/** The C files of a unit, relative to `root`. */
export function nativeFilesOf(root, { home }) {
  return filesOf(root, home, ["native"], NATIVE);
}

/** The package.json of a unit. */
export function manifestOf(root, { manifest }) {
  return JSON.parse(readFileSync(`${root}${manifest}`, "utf8"));
}

/** The package in `packages` of this name. */
export function packageUnit(name) {
  return unit(name, `packages/${name}`);
}

function unit(name, home) {
  return { name, home, parts: PARTS, manifest: `${home}/package.json` };
}

function filesOf(root, home, parts, pattern) {
  return parts
    .map((part) => (part === "." ? home : `${home}/${part}`))
    .filter((folder) => existsSync(`${root}${folder}`))
    .flatMap((folder) => readdirSync(`${root}${folder}`, { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((name) => pattern.test(name) && !name.includes("/node_modules/"))
    .sort();
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
