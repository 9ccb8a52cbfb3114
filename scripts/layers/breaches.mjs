// Imports that the order of layers forbids.

import { resolveFrom, specifiersOf } from "./imports.mjs";
import { BY_PATH, FOR_NODE, ORDER, PURE } from "./order.mjs";
import { manifestOf, packageUnit, sourcesOf } from "./units.mjs";

const SCOPE = "@nat64/";

/** Every breach in the files of a unit, as a sentence. */
export function breachesOf(root, unit) {
  if (!ORDER.includes(unit.name)) return [`${unit.home}: it has no place in the order (scripts/layers/order.mjs)`];
  return sourcesOf(root, unit).flatMap((file) =>
    specifiersOf(root, file)
      .map((specifier) => ({ specifier, why: breach(root, unit, file, specifier) }))
      .filter(({ why }) => why !== undefined)
      .map(({ specifier, why }) => `${file}: imports "${specifier}": ${why}`),
  );
}

function breach(root, unit, file, specifier) {
  if (specifier.startsWith(".")) return pathBreach(unit, resolveFrom(file, specifier));
  const isSource = file.startsWith(`${unit.home}/src/`);
  if (specifier.startsWith(SCOPE)) return siblingBreach(root, unit, isSource, specifier.slice(SCOPE.length));
  const isNode = specifier.startsWith("node:");
  return isNode && isSource && PURE.has(unit.name) && !FOR_NODE.test(file)
    ? "a pure package runs without Node"
    : undefined;
}

function pathBreach({ name, home }, target) {
  const isInside = target.startsWith(`${home}/`) || (BY_PATH.has(name) && !target.startsWith(".."));
  return isInside ? undefined : "it is outside the package";
}

function siblingBreach(root, unit, isSource, path) {
  const [sibling, ...subpath] = path.split("/");
  if (ORDER.indexOf(sibling) < 0) return "there is no such package in the order of layers";
  if (ORDER.indexOf(sibling) > ORDER.indexOf(unit.name)) return "it is a layer above";
  const { exports = {} } = manifestOf(root, sibling === unit.name ? unit : packageUnit(sibling));
  if (!([".", ...subpath].join("/") in exports)) return "it is not in that package's exports";
  const { dependencies = {}, devDependencies = {} } = manifestOf(root, unit);
  const declared = isSource ? dependencies : { ...devDependencies, ...dependencies };
  return sibling === unit.name || `${SCOPE}${sibling}` in declared ? undefined : "package.json does not declare it";
}
