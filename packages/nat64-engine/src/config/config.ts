/**
 * The plain configuration object of the engine. Every field but the addresses has a default; `compileConfig`
 * (see `compile-config.ts`) checks it and turns it into tables.
 */
export type Nat64Config = StatefulConfig | StatelessConfig | ExitConfig;

/** What both modes share. */
export interface CommonConfig {
  /** The translator's own addresses: sources of the ICMP errors it sends itself, and it answers ping on them. */
  readonly ownAddresses: { readonly ipv6: string; readonly ipv4: string };
  /** MTU of the link on each side, in bytes; defaults 1500. */
  readonly mtu?: {
    readonly ipv6?: number;
    readonly ipv4?: number;
    /** The lowest MTU of the IPv6 network: IPv4 packets without DF are cut to fit it (RFC 7915 §4.1); default 1280. */
    readonly lowestIPv6?: number;
  };
  /** What happens to IPv4 UDP packets without a checksum (RFC 7915 §4.5): `compute` (default) or `drop`. */
  readonly udpZeroChecksum?: "compute" | "drop";
  /**
   * What becomes of Type of Service and Traffic Class (RFC 7915 §4.1, §5.1): `copy` (default), or the value that every
   * packet gets, 0 … 255.
   */
  readonly trafficClass?: { readonly toIPv6?: "copy" | number; readonly toIPv4?: "copy" | number };
  /**
   * ICMP errors that the engine sends itself, per second and in one burst (RFC 4443 §2.4 (f)); defaults 1000, 100. A
   * source (an IPv6 /48, an IPv4 /24) gets a sixteenth of both, so that none can use up what others need. With a burst
   * of 0 none are sent.
   */
  readonly icmpErrors?: { readonly perSecond?: number; readonly burst?: number };
  /**
   * Allows documentation, private and other special-purpose addresses. For laboratories only; default false. With peer
   * exits clients reach documentation addresses and no private ones: those are for what an exit publishes.
   */
  readonly allowSpecialPurpose?: boolean;
}

/** A stateful NAT64 (RFC 6146). */
export interface StatefulConfig extends CommonConfig {
  readonly mode: "stateful";
  /** NAT64 prefixes of RFC 6052 length: "64:ff9b::/96", "2001:db8:100::/40", … Replies come from the one that was used. */
  readonly prefixes: readonly string[];
  /** Exits through IPv4 peers: added and removed at run time, see `Nat64Engine.exits`. None when left out. */
  readonly peerExits?: {
    /** The /80 (design §3): its selectors name the exits. Its automatic prefix `P:0::/96` counts as one of `prefixes`. */
    readonly pool: string;
    /** Share of new clients that the local exit gets, where a peer exit usually has 1; default 1. */
    readonly localWeight?: number;
  };
  /** IPv4 addresses (or CIDR blocks) of the local exit's pool; may be empty where there are peer exits. With the ports that may be used of each. */
  readonly pool: readonly PoolRange[];
  /** BIB entries that never expire. */
  readonly staticBindings?: readonly StaticBinding[];
  /** Who may send to a binding from the IPv4 side (RFC 6146 §3.5, RFC 4787 §5); default `endpoint-independent`. */
  readonly filtering?: "endpoint-independent" | "address-dependent" | "address-and-port-dependent";
  /** IPv6 blocks whose addresses may not be clients, besides the prefixes themselves: the /80 that they are cut from. */
  readonly refusedSources?: readonly string[];
  /** Whether clients may reach each other's bindings (RFC 6146 §3.8); default true. */
  readonly hairpinning?: boolean;
  /** Lifetimes in seconds. */
  readonly timers?: Partial<TimerConfig>;
  /** Sizes of the tables, all allocated at start. */
  readonly tables?: Partial<TableConfig>;
  /** Caps for each client prefix; a cap that is left out is not enforced. */
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

/** A BIB entry made by the operator. `icmp` maps Query Identifiers. */
export interface StaticBinding {
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly ipv6: string;
  readonly ipv6Port: number;
  readonly ipv4: string;
  readonly ipv4Port: number;
}

/** Lifetimes in seconds, with the names of RFC 6146 §4; the minimum each RFC allows is enforced. */
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
  /** FRAGMENT_MIN: 2 is the least; default 10. */
  readonly fragment: number;
}

/** Table sizes; memory is taken once, at start. */
export interface TableConfig {
  /** Sessions, and BIB entries; default 65536. */
  readonly sessions: number;
  /** Client prefixes (/64, /56 and /48 together); default a quarter of the sessions, at least 4096. */
  readonly clients: number;
  /** Fragmented packets tracked at the same time; default 1024. */
  readonly fragmentedPackets: number;
  /** Bytes for fragments and inbound SYNs that wait; default 2 MiB. */
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
  /** Whether EAM hairpinning is done (RFC 7757 §4): default "intrinsic". */
  readonly hairpinning?: "off" | "simple" | "intrinsic";
}

/**
 * The translator of an IPv4 peer (design §4): headers only, between the Teredo addresses of its pairs and the local IPv4
 * addresses that stand for them. Pairs are added and removed at run time, see `Nat64Engine.pairs`.
 */
export interface ExitConfig extends CommonConfig {
  readonly mode: "exit";
  /** Places for pairs: 64 (the default) are all that one IPv4 peer has, 16,384 the most. */
  readonly pairs?: number;
  /** Fragmented packets tracked at the same time; default 1024. */
  readonly fragmentedPackets?: number;
  /** Bytes for fragments that wait; default 2 MiB. */
  readonly heldBytes?: number;
}
