/** Which keys of a file changed, which of them can change while packets flow, and the configuration that results. */
import { formatKey } from "@nat64/daemon-kit/config";
import { crossCheck } from "./config/cross-checks.ts";
import type { ConfigFile } from "./config/file.ts";
import { type DaemonConfig, resolveConfig } from "./config/resolve.ts";

/** Whether a key that changed can take effect at once. Only asked for keys that differ. */
type IsLive = boolean | ((before: ConfigFile, after: ConfigFile) => boolean);

/**
 * Keys that can take effect at once, by their beginning. All others are fixed into routes, rules, sockets or the size of
 * tables at start: another prefix or pool needs other routes, `lab` decides which prefixes are good, and a table of
 * another size could lose sessions.
 */
const LIVE_KEYS: Readonly<Record<string, IsLive>> = {
  // Where it is remembered is read at start.
  bandwidth: ({ bandwidth: before }, { bandwidth: after }) =>
    before === undefined || after === undefined || before.state === after.state,
  "log.level": true,
  "audit-log": true,
  "complaints.terms": true,
  "metrics.listen": true,
  "status-page.listen": true,
  "local-exit.static-bindings": (before, after) => hasBoth(before, after, "local-exit"),
  "coordinator.listed": (before, after) => hasBoth(before, after, "coordinator"),
  "coordinator.abuse": (before, after) => hasBoth(before, after, "coordinator"),
  "peer-exits.count": (before, after) => hasBoth(before, after, "peer-exits"),
  "peer-exits.wants": (before, after) => hasBoth(before, after, "peer-exits"),
  "peer-exits.only-wanted": (before, after) => hasBoth(before, after, "peer-exits"),
  "peer-exits.pinned-internet": (before, after) => hasBoth(before, after, "peer-exits"),
  "peer-exits.weights": (before, after) => hasBoth(before, after, "peer-exits"),
  "peer-exits.local-weight": (before, after) => hasBoth(before, after, "peer-exits"),
  "translator.filtering": true,
  "translator.hairpinning": true,
  "translator.udp-zero-checksum": true,
  "translator.traffic-class-to-ipv6": true,
  "translator.traffic-class-to-ipv4": true,
  "mtu.lowest-ipv6": true,
  // The TUN device has the larger of both.
  "mtu.ipv6": keepsDeviceMtu,
  "mtu.ipv4": keepsDeviceMtu,
  "icmp-errors": true,
  // The firewall has the lifetime of a masquerade's UDP state.
  "timers.udp": (before) => before["local-exit"]?.mode !== "masquerade",
  "timers.tcp-established": true,
  "timers.tcp-transitory": true,
  "timers.tcp-incoming-syn": true,
  "timers.icmp": true,
  "timers.fragment": true,
  "tables.fragmented-packets": true,
  "tables.held-bytes": true,
  caps: true,
  // The daemon has no use for it.
  sharing: true,
};

/** Tables that are one value. */
const WHOLE = new Set(["bandwidth"]);

/** What a changed file comes to. */
export interface Reload {
  /** Changed keys that take effect at once, and those that wait for a restart. */
  readonly live: readonly string[];
  readonly needsRestart: readonly string[];
  /** The running configuration with the live keys of the new one. */
  readonly config: DaemonConfig;
  /** Why the live keys do not go with what waits for a restart; empty when they do. */
  readonly problems: readonly string[];
}

/** Compares a running configuration with a new one, key by key. */
export function planReload({ file: before }: DaemonConfig, { file: after }: DaemonConfig): Reload {
  const [old, now] = [flatten(before), flatten(after)];
  const changed = [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(now.get(key)))
    .sort();
  const live = changed.filter((key) => isLive(key, before, after));
  const merged = structuredClone(before);
  for (const key of live) put(merged, key.split("."), now.get(key));
  const problems = crossCheck(merged).map(({ path, message }) => `${formatKey(path)}: ${message}`);
  return {
    live,
    needsRestart: changed.filter((key) => !live.includes(key)),
    config: resolveConfig(merged),
    problems: problems.length === 0 ? [] : [...problems, "These keys go together with others that need a restart."],
  };
}

function isLive(key: string, before: ConfigFile, after: ConfigFile): boolean {
  const rule = Object.entries(LIVE_KEYS).find(([start]) => key === start || key.startsWith(`${start}.`))?.[1] ?? false;
  return typeof rule === "boolean" ? rule : rule(before, after);
}

/** A whole table that comes or goes needs a restart. */
function hasBoth(before: ConfigFile, after: ConfigFile, table: "local-exit" | "coordinator" | "peer-exits"): boolean {
  return before[table] !== undefined && after[table] !== undefined;
}

function keepsDeviceMtu({ mtu: before }: ConfigFile, { mtu: after }: ConfigFile): boolean {
  return Math.max(before.ipv6, before.ipv4) === Math.max(after.ipv6, after.ipv4);
}

/** Dotted keys with their values; a list is one value, and so is a table of {@link WHOLE}. */
function flatten(value: object, prefix = ""): ReadonlyMap<string, unknown> {
  const entries = Object.entries(value).flatMap(([key, each]): readonly (readonly [string, unknown])[] => {
    if (each === undefined) return [];
    if (each === null || typeof each !== "object" || Array.isArray(each) || WHOLE.has(prefix + key)) {
      return [[prefix + key, each]];
    }
    return [...flatten(each, `${prefix}${key}.`)];
  });
  return new Map(entries);
}

/** Puts a value where a path leads to; every table of the file is there, since all have defaults. */
function put(file: ConfigFile, path: readonly string[], value: unknown): void {
  const table = path.slice(0, -1).reduce((each, key) => each[key] as Values, file as unknown as Values);
  const key = path[path.length - 1];
  if (value === undefined) delete table[key];
  else table[key] = value;
}

type Values = { [key: string]: unknown };
