// The whole check of one tree: forbidden imports and circles.
import { breachesOf } from "./breaches.mjs";
import { circlesOf } from "./circles.mjs";
import { importGraph } from "./imports.mjs";
import { nativeGraph } from "./native.mjs";
import { nativeFilesOf, readUnits, sourcesOf } from "./units.mjs";

/**
 * Checks the tree at `root` (with a slash at its end). Returns sentences: `breaches` fail the check, and `warnings` are circles
 * in units that `circlesLeft` names.
 */
export function checkLayers(root, circlesLeft) {
  const breaches = [];
  const warnings = [];
  for (const unit of readUnits(root)) {
    breaches.push(...breachesOf(root, unit));
    (circlesLeft.has(unit.name) ? warnings : breaches).push(...circlesIn(root, unit));
  }
  return { breaches, warnings };
}

/** Circles in what a unit is made of; tests are free to help each other as they like. */
function circlesIn(root, unit) {
  const parts = unit.parts.filter((part) => part !== "test" && part !== "native");
  const sources = parts.flatMap((part) => circlesOf(importGraph(root, sourcesOf(root, unit, [part])), unit.home));
  return [...sources, ...circlesOf(nativeGraph(root, nativeFilesOf(root, unit)), unit.home)];
}
