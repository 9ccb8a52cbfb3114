/** Known facts about this IPv6 peer, from the running daemon or its configuration. */
import { networkInterfaces } from "node:os";
import type { ListedBan } from "@nat64/daemon-kit/bans";
import { hostNetworks, METADATA_NETWORKS } from "@nat64/daemon-kit/exit-policy";
import { ToolError } from "@nat64/daemon-kit/host";
import { type DaemonClient, DaemonError, type Status } from "@nat64/v6peer-daemon/client";
import { auditDirectoryOf, type ConfigFile } from "@nat64/v6peer-daemon/config";
import type { KnownExit } from "../address/explanation.ts";
import type { LocalRefusals } from "../address/local-refusals.ts";
import { connect, type DaemonOptions, findConfig } from "./connect.ts";

/** Where IPv4 traffic leaves this host. */
export interface KnownLocalExit {
  readonly mode: "pool" | "masquerade";
  /** IPv4 addresses and blocks that stand for clients. */
  readonly pool: readonly string[];
  readonly staticBindings: readonly { readonly protocol: string; readonly ipv4: string; readonly port: number }[];
}

/** All that is known of this IPv6 peer. */
export interface Known {
  /** Who says so; `nobody`: neither a daemon nor a configuration is here. */
  readonly source: "daemon" | "config" | "argument" | "nobody";
  /** The /80 and further NAT64 prefixes. */
  readonly prefixes: readonly string[];
  readonly exits: readonly KnownExit[];
  readonly local?: KnownLocalExit;
  /** Destinations that clients cannot reach through the local exit, if there is one. */
  readonly localRefusals?: LocalRefusals;
  readonly hasPeerExits: boolean;
  /** IPv4 addresses of this host. */
  readonly hostAddresses: readonly string[];
  /** Bans in effect; none if only the configuration is known. */
  readonly bans: readonly ListedBan[];
  readonly lab: boolean;
  /** Where the audit log is; missing when none is written. */
  readonly auditLog?: string;
  readonly terms?: string;
  /** Where to complain. */
  readonly contact?: string;
}

/** Options that say where to look. */
export interface KnownOptions extends DaemonOptions {
  readonly prefix?: readonly string[];
  readonly auditLog?: string;
  /** The address complained about is this host's: a NAT before it has it. */
  readonly own?: string;
}

/** Asks the daemon; without one reads the configuration. Rejects with a `ConfigFileError` for a wrong one that was named. */
export async function findKnown(options: KnownOptions): Promise<Known> {
  const config = findConfig(options);
  const prefixes = options.prefix ?? [];
  try {
    const client = await connect(options, config);
    const [file, status, bans] = await askAll(client).finally(() => client.close());
    const exits = (status.peer?.exits ?? []).map(({ selector, peer, state, teredo }): KnownExit => {
      return { selector, peer, state, ...(teredo !== undefined && { teredo }) };
    });
    return { ...fromFile(file, options), source: "daemon", exits, bans };
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    if (config !== undefined) return { ...fromFile(config.file, options), source: "config" };
    return {
      source: prefixes.length > 0 ? "argument" : "nobody",
      prefixes,
      exits: [],
      bans: [],
      hasPeerExits: false,
      hostAddresses: [],
      lab: false,
      ...(options.auditLog !== undefined && { auditLog: options.auditLog }),
    };
  }
}

/** One thing at a time, as the connection wants it. */
async function askAll(client: DaemonClient): Promise<readonly [ConfigFile, Status, readonly ListedBan[]]> {
  const [file, status] = [await client.ask("config"), await client.ask("status")];
  const bans: ListedBan[] = [];
  await client.bans((part) => bans.push(...part));
  return [file, status, bans];
}

function fromFile(file: ConfigFile, options: KnownOptions): Omit<Known, "source"> {
  const { prefix, "local-exit": local, coordinator, complaints, lab } = file;
  const auditLog = options.auditLog ?? auditDirectoryOf(file);
  return {
    prefixes: [...(options.prefix ?? []), prefix, ...file["extra-prefixes"]],
    exits: [],
    bans: [],
    ...(local !== undefined && {
      local: {
        mode: local.mode,
        pool: (local.pool ?? []).map(({ address }) => address),
        staticBindings: local["static-bindings"].map(({ protocol, ipv4, "ipv4-port": port }) => {
          return { protocol, ipv4, port };
        }),
      },
      localRefusals: {
        networks: [...local.policy["refused-networks"], ...METADATA_NETWORKS, ...networksOfHost(file.host.interface)],
        tcp: local.policy["refused-tcp"],
        udp: local.policy["refused-udp"],
        hasPeerExits: coordinator !== undefined,
      },
    }),
    hasPeerExits: coordinator !== undefined,
    hostAddresses: [
      ...Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
      ...(file["peer-exits"]?.["relay-address"] === undefined ? [] : [file["peer-exits"]["relay-address"]]),
      ...(options.own === undefined ? [] : [options.own]),
    ],
    lab,
    ...(auditLog !== undefined && { auditLog }),
    ...(complaints.terms !== undefined && { terms: complaints.terms }),
    ...(coordinator !== undefined && { contact: coordinator.abuse }),
  };
}

/** This host's own addresses and its router, as v6peerd sees them; none where `ip` does not tell. */
function networksOfHost(device: string): readonly string[] {
  try {
    const { own, others } = hostNetworks({ except: device, onLink: false, routers: true });
    return [...own, ...others];
  } catch (error) {
    if (error instanceof ToolError) return [];
    throw error;
  }
}
