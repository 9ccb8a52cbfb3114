// What a TypeScript or JavaScript file imports. dependency-cruiser and madge would know more, but to read TypeScript they
// need the compiler's JavaScript API, which TypeScript 7 does not have.
import { readFileSync } from "node:fs";
import { dirname, posix } from "node:path";

/** Imports, exports from, dynamic imports, and imports in type positions. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*)(["'])([^"'\n]+)\1/g;

/** The specifiers in a file, relative to `root`, in their order. */
export function specifiersOf(root, file) {
  return [...readFileSync(`${root}${file}`, "utf8").matchAll(SPECIFIER)].map(([, , specifier]) => specifier);
}

/** The path, relative to the root, that a relative specifier names. */
export function resolveFrom(file, specifier) {
  return posix.join(dirname(file), specifier);
}

/** Who imports whom among `files`: a map from each file to the set of its targets. */
export function importGraph(root, files) {
  const known = new Set(files);
  const targets = (file) =>
    specifiersOf(root, file)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => resolveFrom(file, specifier))
      .filter((target) => known.has(target) && target !== file);
  return new Map(files.map((file) => [file, new Set(targets(file))]));
}
