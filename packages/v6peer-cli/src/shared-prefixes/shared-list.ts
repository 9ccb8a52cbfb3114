/** The list of shared prefixes, wherever it can be had. */
import type { SharedPrefix } from "@nat64/peer-protocol";
import { DaemonError } from "@nat64/v6peer-daemon/client";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { connect, type DaemonOptions } from "../daemon/connect.ts";
import { fetchHttpList } from "./http-list.ts";
import { isUsablePool } from "./usable.ts";

/** Where to look. */
export interface ListOptions extends DaemonOptions {
  /** URL of a coordinator's list; it goes before the daemon. */
  readonly list?: string;
}

/** A list. */
export interface SharedList {
  /** Good ones only, each prefix once, in the list's order. */
  readonly prefixes: readonly SharedPrefix[];
  /** Whether that is all of it. */
  readonly complete: boolean;
  /** Entries that could not be used: no global /80, or no entry at all. */
  readonly unusable: number;
  /** Source of the list: a URL, or "v6peerd". */
  readonly source: string;
  /** Whether the daemon that provided the list is draining everything, so that its own prefix is no longer listed. */
  readonly drains?: boolean;
}

/**
 * Gets the list from the URL given, or from the daemon, or, when that has none, from the URL in the configuration. Rejects
 * with an `UnavailableError` or, without any URL, with the daemon's `DaemonError`.
 */
export async function getSharedList(options: ListOptions, config: DaemonConfig | undefined): Promise<SharedList> {
  const isLab = config?.file.lab ?? false;
  if (options.list !== undefined) return fromUrl(options.list, isLab);
  try {
    return await fromDaemon(options, config, isLab);
  } catch (error) {
    const url = config?.file.sharing.list;
    if (url === undefined || !(error instanceof DaemonError)) throw error;
    return fromUrl(url, isLab);
  }
}

async function fromDaemon(
  options: DaemonOptions,
  config: DaemonConfig | undefined,
  isLab: boolean,
): Promise<SharedList> {
  const client = await connect(options, config);
  const all: SharedPrefix[] = [];
  try {
    const { complete } = await client.prefixes((page) => all.push(...page));
    const { all: drains } = (await client.ask("status")).draining;
    return { ...keepGood(all, isLab), complete, source: "v6peerd", ...(drains !== undefined && { drains: true }) };
  } finally {
    client.close();
  }
}

async function fromUrl(url: string, isLab: boolean): Promise<SharedList> {
  const { prefixes, complete, unusable } = await fetchHttpList(url);
  const good = keepGood(prefixes, isLab);
  return { ...good, unusable: good.unusable + unusable, complete, source: url };
}

/** Only what may be an IPv6 peer's is looked at further, and each once. */
function keepGood(all: readonly SharedPrefix[], isLab: boolean): Pick<SharedList, "prefixes" | "unusable"> {
  const seen = new Set<string>();
  const prefixes = all.filter(({ prefix }) => {
    if (seen.has(prefix) || !isUsablePool(prefix, isLab)) return false;
    seen.add(prefix);
    return true;
  });
  return { prefixes, unusable: all.length - prefixes.length };
}
