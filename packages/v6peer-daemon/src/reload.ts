/** Decides which changed keys take effect at run time, and makes the resulting configuration. */
import { type ComparisonRules, compareFiles, formatKey } from "@nat64/daemon-kit/config";
import type { ConfigFile } from "./config/config-file.ts";
import { crossCheck } from "./config/cross-checks.ts";
import { type DaemonConfig, resolveConfig } from "./config/resolve.ts";

/**
 * Keys that take effect at once. All others determine routes, rules, sockets or table sizes, which are set at start: another
 * prefix or pool needs other routes, `lab` decides which prefixes are valid, and a table of another size could lose sessions.
 */
const RULES: ComparisonRules<ConfigFile> = {
  whole: new Set(["bandwidth"]),
  live: {
    // The directory of the state is read at start.
    bandwidth: ({ bandwidth: before }, { bandwidth: after }) =>
      before === undefined || after === undefined || before.state === after.state,
    "log.level": true,
    "audit-log": true,
    "complaints.terms": true,
    "metrics.listen": true,
    "status-page.listen": true,
    "local-exit.static-bindings": (before, after) => hasBoth(before, after, "local-exit"),
    "local-exit.policy": (before, after) => hasBoth(before, after, "local-exit"),
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
    "translator.reset-unknown-connections": true,
    "translator.udp-zero-checksum": true,
    "translator.traffic-class-to-ipv6": true,
    "translator.traffic-class-to-ipv4": true,
    "mtu.lowest-ipv6": true,
    // The TUN device has the larger of both MTUs.
    "mtu.ipv6": keepsDeviceMtu,
    "mtu.ipv4": keepsDeviceMtu,
    "icmp-errors": true,
    // With masquerading, the firewall also has this lifetime.
    "timers.udp": (before) => before["local-exit"]?.mode !== "masquerade",
    "timers.tcp-established": true,
    "timers.tcp-transitory": true,
    "timers.tcp-incoming-syn": true,
    "timers.icmp": true,
    "timers.fragment": true,
    "tables.fragmented-packets": true,
    "tables.held-bytes": true,
    caps: true,
    // The daemon does not use it.
    sharing: true,
  },
};

/** The result of comparing a changed file with the active configuration. */
export interface ReloadPlan {
  /** Changed keys that take effect at once, and those that need a restart. */
  readonly live: readonly string[];
  readonly needsRestart: readonly string[];
  /** The running configuration with the live keys of the new one. */
  readonly config: DaemonConfig;
  /** Conflicts of the live keys with keys that need a restart; empty if there are none. */
  readonly problems: readonly string[];
}

/** Compares the running configuration with a new one, key by key. */
export function planReload({ file: before }: DaemonConfig, { file: after }: DaemonConfig): ReloadPlan {
  const { live, needsRestart, file } = compareFiles(before, after, RULES);
  const problems = crossCheck(file).map(({ path, message }) => `${formatKey(path)}: ${message}`);
  return {
    live,
    needsRestart,
    config: resolveConfig(file),
    problems: problems.length === 0 ? [] : [...problems, "These keys depend on others that need a restart."],
  };
}

/** Adding or removing a whole table needs a restart. */
function hasBoth(before: ConfigFile, after: ConfigFile, table: "local-exit" | "coordinator" | "peer-exits"): boolean {
  return before[table] !== undefined && after[table] !== undefined;
}

function keepsDeviceMtu({ mtu: before }: ConfigFile, { mtu: after }: ConfigFile): boolean {
  return Math.max(before.ipv6, before.ipv4) === Math.max(after.ipv6, after.ipv4);
}
