import { ExitCode } from "@nat64/daemon-kit/command-line";
import { type SharedPrefix, shortPeerId } from "@nat64/peer-protocol";
import { type DaemonConfig, defaultSharing, peerAddresses } from "@nat64/v6peer-daemon/config";
import { findConfig } from "../../daemon/connect.ts";
import { type Output, table, writeJson } from "../../output/output.ts";
import { formatBitRate, formatCount } from "../../output/units.ts";
import { type Probe, probePrefix } from "../../shared-prefixes/probe.ts";
import { probeMany } from "../../shared-prefixes/probe-many.ts";
import { getSharedList, type ListOptions, type SharedList } from "../../shared-prefixes/shared-list.ts";

/** Options of `v6peer prefixes`. */
export interface PrefixesOptions extends ListOptions {
  readonly json?: true;
  /** `false`: nothing is sent through the prefixes. */
  readonly probe: boolean;
  /** The maximum number of prefixes to show. */
  readonly limit: number;
  /** `address:port` to try through each prefix. */
  readonly target?: readonly string[];
}

/** The relation of a prefix to this peer. */
type Relation = "own" | "trusted" | "listed";

interface Row extends SharedPrefix {
  readonly nat64Prefix: string;
  readonly relation: Relation;
  /** Absent when it was not probed. */
  readonly seen?: Probe;
}

/** `v6peer prefixes`: the shared prefixes and their health, as reported by the coordinator and as measured here. */
export async function prefixes(options: PrefixesOptions, output: Output): Promise<number> {
  const config = findConfig(options);
  const list = await getSharedList(options, config);
  const shown = list.prefixes.slice(0, options.limit);
  const targets = options.target ?? (config?.file.sharing ?? defaultSharing()).targets;
  const rows = await probeMany(shown, async (shared): Promise<Row> => {
    const { nat64Prefix, own: self } = peerAddresses(shared.prefix);
    const seen = options.probe ? await probePrefix({ nat64Prefix, self }, { targets }) : undefined;
    return {
      ...shared,
      nat64Prefix,
      relation: relationOf(shared.peer, nat64Prefix, config),
      ...(seen !== undefined && { seen }),
    };
  });
  const own = ownPrefix(list, config);
  if (options.json) {
    const { complete, unusable, source } = list;
    const isAll = complete && shown.length === list.prefixes.length;
    writeJson(output, { source, complete: isAll, unusable, ...(own !== undefined && { own }), prefixes: rows });
  } else for (const line of render(rows, list, own, output)) output.line(line);
  return ExitCode.ok;
}

function relationOf(peer: string, nat64Prefix: string, config: DaemonConfig | undefined): Relation {
  if (config?.nat64Prefix === nat64Prefix) return "own";
  return config?.file.sharing.trusted.some((trusted) => trusted.peer === peer) ? "trusted" : "listed";
}

/** The own prefix: whether the configuration lists it, and whether it is in the list. */
interface OwnPrefix {
  readonly prefix: string;
  readonly wanted: boolean;
  readonly listed: boolean;
  /** Whether v6peerd drains, so that the prefix is not listed at the moment. */
  readonly drains: boolean;
}

function ownPrefix(
  { prefixes: all, drains = false }: SharedList,
  config: DaemonConfig | undefined,
): OwnPrefix | undefined {
  if (config?.file.coordinator === undefined) return undefined;
  const { prefix, coordinator } = config.file;
  const listed = all.some((each) => peerAddresses(each.prefix).nat64Prefix === config.nat64Prefix);
  return { prefix, wanted: coordinator.listed, listed, drains };
}

const HEAD = ["PREFIX", "FROM HERE", "COORDINATOR SAYS", "BANDWIDTH", "PEER", "", "COMPLAINTS TO"];

function render(rows: readonly Row[], list: SharedList, own: OwnPrefix | undefined, output: Output): readonly string[] {
  const lines = rows.length === 0 ? ["No prefixes are shared."] : table([HEAD, ...rows.map(cells)]);
  const notes = [
    ...(own === undefined ? [] : [describeOwn(own)]),
    ...(list.prefixes.length > rows.length
      ? [`${formatCount(list.prefixes.length - rows.length)} more; see --limit`]
      : []),
    ...(list.complete ? [] : ["The list is longer than one request returns."]),
    ...(list.unusable === 0
      ? []
      : [`${formatCount(list.unusable)} entries are unusable: not a global /80, or a duplicate`]),
    ...(rows.some(({ relation }) => relation === "listed")
      ? ["Listing says nothing about the operator of a prefix. v6peer dns64 uses only trusted ones."]
      : []),
  ];
  return [
    ...lines.map((line) => paint(line, output)),
    ...(notes.length === 0 ? [] : ["", ...notes.map(output.colors.dim)]),
  ];
}

function cells({ prefix, seen, health, exits, bandwidth, peer, relation, abuse }: Row): readonly string[] {
  return [
    prefix,
    seen === undefined ? "-" : describeSeen(seen),
    health === "down" ? "down" : `${health}, ${exits} exits`,
    bandwidth === undefined ? "-" : formatBitRate(bandwidth),
    shortPeerId(peer),
    relation === "listed" ? "" : relation,
    abuse,
  ];
}

function describeSeen({ health, rtt }: Probe): string {
  if (health === "no-ipv4") return "no IPv4";
  return rtt === undefined ? health : `${health}, ${rtt.toFixed(1)} ms`;
}

function describeOwn({ prefix, wanted, listed, drains }: OwnPrefix): string {
  if (drains && !listed)
    return `Your ${prefix} is draining and is not listed meanwhile. v6peer status shows the progress.`;
  if (wanted)
    return listed
      ? `Your ${prefix} is listed.`
      : `Your ${prefix} is not listed yet, although listed = true. v6peer status shows the reason.`;
  return listed
    ? `Your ${prefix} is listed, although the file says listed = false. Reload v6peerd.`
    : `Your ${prefix} is not listed. To share it, set listed = true in [coordinator] and reload v6peerd.`;
}

function paint(line: string, { colors }: Output): string {
  if (/^\S+ {2,}up\b/.test(line)) return colors.green(line);
  if (/^\S+ {2,}(?:no IPv4|down)\b/.test(line)) return colors.red(line);
  return line.startsWith("PREFIX") ? colors.dim(line) : line;
}
