/** Converts the data of the file to the daemon's configuration. */
import { parseListen } from "@nat64/daemon-kit/config";
import type { PoolRange, StatefulConfig } from "@nat64/nat64-engine";
import { cidrContains, parseBlock } from "@nat64/rfc6052";
import { resolveCaps } from "./caps.ts";
import type { ConfigFile, PoolRangeFile } from "./config-file.ts";
import { peerAddresses } from "./prefix.ts";

/** The checked configuration of the daemon. */
export interface DaemonConfig {
  /** The data of the file, for comparison and display. */
  readonly file: ConfigFile;
  /** The NAT64 prefix to put into a DNS64: `P:0::/96`. */
  readonly nat64Prefix: string;
  /** Prefixes that are routed into the TUN device: the /80 and further NAT64 prefixes. */
  readonly routedPrefixes: readonly string[];
  /** IPv4 blocks that are routed into the TUN device: the pool and the translator's own address; none without a local exit. */
  readonly routedIPv4: readonly string[];
  /** Address of the metrics; `undefined` if they are not served. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Address of the status page; `undefined` if it is not served. */
  readonly statusPage: { readonly host: string; readonly port: number } | undefined;
  readonly engine: StatefulConfig;
}

/** Intermediate address in mode `masquerade`, from 198.18.0.0/15, which is never routed. */
const MASQUERADE_POOL: readonly PoolRangeFile[] = [{ address: "198.18.64.1" }];

/** Minimum size of the client table, even with a small session table. */
const MIN_CLIENTS = 4096;

/** Derives the configuration from the file. */
export function resolveConfig(file: ConfigFile): DaemonConfig {
  const { nat64Prefix, own } = peerAddresses(file.prefix);
  const local = file["local-exit"];
  const peers = file["peer-exits"];
  const pool = local === undefined ? [] : (local.pool ?? MASQUERADE_POOL);
  return {
    file,
    nat64Prefix,
    routedPrefixes: [file.prefix, ...file["extra-prefixes"]],
    routedIPv4: local === undefined ? [] : routedIPv4(pool, file.translator["own-ipv4"]),
    metrics: file.metrics.listen === "off" ? undefined : parseListen(file.metrics.listen),
    statusPage: file["status-page"].listen === "off" ? undefined : parseListen(file["status-page"].listen),
    engine: {
      mode: "stateful",
      ownAddresses: { ipv6: own, ipv4: file.translator["own-ipv4"] },
      mtu: { ipv6: file.mtu.ipv6, ipv4: file.mtu.ipv4, lowestIPv6: file.mtu["lowest-ipv6"] },
      udpZeroChecksum: file.translator["udp-zero-checksum"],
      trafficClass: {
        toIPv6: file.translator["traffic-class-to-ipv6"],
        toIPv4: file.translator["traffic-class-to-ipv4"],
      },
      icmpErrors: { perSecond: file["icmp-errors"]["per-second"], burst: file["icmp-errors"].burst },
      allowSpecialPurpose: file.lab,
      refusedSources: [file.prefix],
      prefixes: [nat64Prefix, ...file["extra-prefixes"]],
      // A peer that only registers its prefix has unused places for exits.
      ...(file.coordinator !== undefined && {
        peerExits: { pool: file.prefix, localWeight: peers?.["local-weight"] ?? 1 },
      }),
      pool: pool.map(toPoolRange),
      staticBindings: (local?.["static-bindings"] ?? []).map((binding) => ({
        protocol: binding.protocol,
        ipv6: binding.ipv6,
        ipv6Port: binding["ipv6-port"],
        ipv4: binding.ipv4,
        ipv4Port: binding["ipv4-port"],
      })),
      filtering: file.translator.filtering,
      hairpinning: file.translator.hairpinning,
      resetUnknownConnections: file.translator["reset-unknown-connections"],
      timers: {
        udp: file.timers.udp,
        tcpEstablished: file.timers["tcp-established"],
        tcpTransitory: file.timers["tcp-transitory"],
        tcpIncomingSyn: file.timers["tcp-incoming-syn"],
        icmp: file.timers.icmp,
        fragment: file.timers.fragment,
      },
      tables: {
        sessions: file.tables.sessions,
        // Each session of a /48 can have another /64, so a smaller table could fill up first.
        clients: file.tables.clients ?? Math.max(MIN_CLIENTS, file.tables.sessions),
        fragmentedPackets: file.tables["fragmented-packets"],
        heldBytes: file.tables["held-bytes"],
      },
      caps: resolveCaps(file.caps, file.tables.sessions),
    },
  };
}

/** The pool, and the translator's own address where the pool does not have it. */
function routedIPv4(pool: readonly PoolRangeFile[], own: string): readonly string[] {
  const blocks = pool.map((range) => range.address);
  return blocks.some((block) => cidrContains(parseBlock(block), parseBlock(own))) ? blocks : [...blocks, own];
}

function toPoolRange(range: PoolRangeFile): PoolRange {
  const { address, tcp, udp, icmp } = range;
  return { address, ...(tcp && { tcp }), ...(udp && { udp }), ...(icmp && { icmp }) };
}
