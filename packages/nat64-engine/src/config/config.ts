import type { ExitPolicyRow } from "../exits/exit-policy.ts";

/**
 * The plain configuration object of the engine. Every field has a default, except the addresses. `compile-config.ts` checks it
 * and turns it into numbers.
 */
export type Nat64Config = StatefulConfig | StatelessConfig | ExitConfig;

/** Settings of all modes. */
export interface CommonConfig {
  /**
   * The translator's own addresses: it sends ICMP errors from them and answers ping on them. A stateful NAT64 may use an address
   * of its pool as `ipv4`: bindings of clients come first, and the translator itself gets the packets without a binding. A
   * stateless one refuses an explicit mapping of exactly this address.
   */
  readonly ownAddresses: { readonly ipv6: string; readonly ipv4: string };
  /** MTU of the link on each side, in bytes; defaults 1500. */
  readonly mtu?: {
    readonly ipv6?: number;
    readonly ipv4?: number;
    /** The lowest MTU of the IPv6 network: IPv4 packets without DF are fragmented to fit it (RFC 7915 §4.1); default 1280. */
    readonly lowestIPv6?: number;
  };
  /** How to handle IPv4 UDP packets without a checksum (RFC 7915 §4.5): `compute` (default) or `drop`. */
  readonly udpZeroChecksum?: "compute" | "drop";
  /**
   * How to set Traffic Class and Type of Service (RFC 7915 §4.1, §5.1): `copy` (default), or a value for every packet,
   * 0 … 255.
   */
  readonly trafficClass?: { readonly toIPv6?: "copy" | number; readonly toIPv4?: "copy" | number };
  /**
   * Limit on the ICMP errors that the engine sends: per second, and in one burst (RFC 4443 §2.4 (f)); defaults 1000 and
   * 100. Each source (an IPv6 /48, an IPv4 /24) gets a sixteenth of both, so that no source can use up the limit. A burst
   * of 0 turns ICMP errors off.
   */
  readonly icmpErrors?: { readonly perSecond?: number; readonly burst?: number };
  /**
   * Allows documentation, private and other special-purpose addresses. For test networks only; default false. With peer
   * exits, clients can reach documentation addresses, but not private ones: these are only for published services.
   */
  readonly allowSpecialPurpose?: boolean;
}

/** A stateful NAT64 (RFC 6146). */
export interface StatefulConfig extends CommonConfig {
  readonly mode: "stateful";
  /** NAT64 prefixes of RFC 6052 length: "64:ff9b::/96", "2001:db8:100::/40", … Replies come from the prefix that the client used. */
  readonly prefixes: readonly string[];
  /** Exits through IPv4 peers, added and removed at run time: see `Nat64Pipeline.exits`. Default: none. */
  readonly peerExits?: {
    /** The /80 (design §3): its selectors name the exits. Its automatic prefix `P:0::/96` counts as one of `prefixes`. */
    readonly pool: string;
    /** Weight of the local exit when new clients are distributed; a peer exit usually has 1. Default 1. */
    readonly localWeight?: number;
  };
  /** IPv4 addresses or CIDR blocks of the local exit, with their port ranges. May be empty if there are peer exits. */
  readonly pool: readonly PoolRange[];
  /**
   * Destinations that the local exit refuses (ICMPv6 1/1). Static bindings may still answer from and to refused ports, as
   * clients of their services choose those. Default: none.
   */
  readonly refusedByLocalExit?: readonly ExitPolicyRow[];
  /**
   * IPv4 addresses or CIDR blocks of this host: refused by the local exit as well, except in sessions that this host has opened
   * itself, which the client answers. A session that was opened before an address came here ends. Default: none.
   */
  readonly hostAddresses?: readonly string[];
  /** Static BIB entries, which never expire. */
  readonly staticBindings?: readonly StaticBinding[];
  /** Who may send to a binding from the IPv4 side (RFC 6146 §3.5, RFC 4787 §5); default `endpoint-independent`. */
  readonly filtering?: "endpoint-independent" | "address-dependent" | "address-and-port-dependent";
  /** Further IPv6 blocks that cannot be clients, such as the /80 that the prefixes are part of. */
  readonly refusedSources?: readonly string[];
  /** Whether clients can reach each other's bindings (RFC 6146 §3.8); default true. */
  readonly hairpinning?: boolean;
  /**
   * Whether a client gets a TCP RST for a segment of a connection that is not in the table, so that it opens a new one at once: after
   * a restart of the translator, or when the session has expired. Default true. Turn it off where several translators serve one
   * prefix and a client's packets may change from one to another.
   */
  readonly resetUnknownConnections?: boolean;
  /** Lifetimes in seconds. */
  readonly timers?: Partial<TimerConfig>;
  /** Sizes of the tables. All are allocated at the start. */
  readonly tables?: Partial<TableConfig>;
  /** Caps for each client prefix; an absent cap is not enforced. */
  readonly caps?: { readonly "64"?: ClientCaps; readonly "56"?: ClientCaps; readonly "48"?: ClientCaps };
}

/** One part of the IPv4 pool. Port ranges are inclusive; the default is 1024 … 65535 for each protocol. */
export interface PoolRange {
  readonly address: string;
  readonly tcp?: readonly [number, number];
  readonly udp?: readonly [number, number];
  /** ICMP Query Identifiers; default 0 … 65535. */
  readonly icmp?: readonly [number, number];
}

/** A static BIB entry. For `icmp`, ports are Query Identifiers. */
export interface StaticBinding {
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly ipv6: string;
  readonly ipv6Port: number;
  readonly ipv4: string;
  readonly ipv4Port: number;
}

/** Lifetimes in seconds, with the names of RFC 6146 §4. Values below the minimum of the RFCs are refused. */
export interface TimerConfig {
  /** UDP_DEFAULT: 300 (never below 120, RFC 4787). */
  readonly udp: number;
  /** TCP_EST: 7440 (2 hours 4 minutes). */
  readonly tcpEstablished: number;
  /** TCP_TRANS: 240. */
  readonly tcpTransitory: number;
  /** TCP_INCOMING_SYN: 6. */
  readonly tcpIncomingSyn: number;
  /** ICMP_DEFAULT: 60. */
  readonly icmp: number;
  /** FRAGMENT_MIN: at least 2; default 10. */
  readonly fragment: number;
}

/** Table sizes. Memory is allocated once, at the start. */
export interface TableConfig {
  /** Sessions, and BIB entries; default 65536. */
  readonly sessions: number;
  /** Client prefixes (/64, /56 and /48 together); default a quarter of the sessions, at least 4096. */
  readonly clients: number;
  /** Fragmented packets tracked at the same time; default 1024. */
  readonly fragmentedPackets: number;
  /** Bytes for held fragments and inbound SYNs; default 2 MiB. */
  readonly heldBytes: number;
}

/** Caps of one client prefix. */
export interface ClientCaps {
  /** Open sessions: all but closed TCP sessions. */
  readonly sessions?: number;
  /** A rate, with a burst of one second (at least one session): 0, or 0.001 and more. Fractions are kept. */
  readonly newSessionsPerSecond?: number;
  /** Likewise for packets from the client. */
  readonly packetsPerSecond?: number;
}

/** A stateless translator (RFC 7915). */
export interface StatelessConfig extends CommonConfig {
  readonly mode: "stateless";
  /** The RFC 6052 prefixes of both source and destination addresses without an explicit mapping. */
  readonly prefixes?: readonly string[];
  /** Explicit address mappings (RFC 7757). */
  readonly eam?: readonly { readonly ipv4: string; readonly ipv6: string }[];
  /** IPv4 addresses for the sources of ICMP errors from IPv6 hops that have no mapping (RFC 6791). */
  readonly icmpSourcePool?: readonly string[];
  /** IPv6 addresses for the sources of ICMP errors from IPv4 hops that have no mapping; default: our own address. */
  readonly icmpSourcePoolIPv6?: readonly string[];
  /** EAM hairpinning (RFC 7757 §4); default "intrinsic". */
  readonly hairpinning?: "off" | "simple" | "intrinsic";
}

/**
 * The translator of an IPv4 peer (design §4): it translates headers between the Teredo addresses of its pairs and the local
 * IPv4 addresses that stand for them. Pairs are added and removed at run time: see `Nat64Pipeline.pairs`.
 */
export interface ExitConfig extends CommonConfig {
  readonly mode: "exit";
  /** The maximum number of pairs: default 64, which is the limit of one IPv4 peer; at most 16,384. */
  readonly pairs?: number;
  /** Fragmented packets tracked at the same time; default 1024. */
  readonly fragmentedPackets?: number;
  /** Bytes for held fragments; default 2 MiB. */
  readonly heldBytes?: number;
}
