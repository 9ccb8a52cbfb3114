// The whole check of one tree: forbidden imports and circles.
import { breachesOf } from "./breaches.mjs";
import { circlesOf } from "./circles.mjs";
import { importGraph } from "./imports.mjs";
import { nativeGraph } from "./native.mjs";
import { nativeFilesOf, readUnits, sourcesOf } from "./units.mjs";

/** Checks the tree at `root` (with a slash at its end). Returns a sentence for each breach. */
export function checkLayers(root) {
  return readUnits(root).flatMap((unit) => [...breachesOf(root, unit), ...circlesIn(root, unit)]);
}

/** Circles in what a unit is made of; tests are free to help each other as they like. */
function circlesIn(root, unit) {
  const parts = unit.parts.filter((part) => part !== "test" && part !== "native");
  const sources = parts.flatMap((part) => circlesOf(importGraph(root, sourcesOf(root, unit, [part])), unit.home));
  return [...sources, ...circlesOf(nativeGraph(root, nativeFilesOf(root, unit)), unit.home)];
}
