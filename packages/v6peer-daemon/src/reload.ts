/** Which keys of a file changed, and which of them can change while packets flow. */
import type { ConfigFile } from "./config/file.ts";

/** Keys that take effect at once. All others are fixed into routes, sockets, rules or tables at start. */
const LIVE_KEYS: ReadonlySet<string> = new Set(["log.level", "metrics.listen"]);

/** Changed keys, sorted into those that take effect at once and those that need a restart. */
export interface Changes {
  readonly live: readonly string[];
  readonly needsRestart: readonly string[];
}

/** Compares two files key by key. */
export function compareFiles(before: ConfigFile, after: ConfigFile): Changes {
  const [old, now] = [flatten(before), flatten(after)];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key)).sort();
  return {
    live: changed.filter((key) => LIVE_KEYS.has(key)),
    needsRestart: changed.filter((key) => !LIVE_KEYS.has(key)),
  };
}

/** Dotted keys with their values as JSON; a list is one value. */
function flatten(value: object, prefix = ""): ReadonlyMap<string, string> {
  const entries = Object.entries(value).flatMap(([key, each]): readonly (readonly [string, string])[] => {
    if (each === undefined) return [];
    if (each === null || typeof each !== "object" || Array.isArray(each)) return [[prefix + key, JSON.stringify(each)]];
    return [...flatten(each, `${prefix}${key}.`)];
  });
  return new Map(entries);
}
