import type { ClientAuditLogTable, ComplaintsTable, LogLevel } from "@nat64/daemon-kit/config";
import type { RefusedTable } from "@nat64/daemon-kit/exit-policy";
import type { BandwidthFile } from "./bandwidth.ts";
import type { SharingFile } from "./sharing.ts";

/** The data of the configuration file, keys as in the file, with defaults. `v6peer.example.toml` explains each key. */
export interface ConfigFile {
  /** The /80 (design: `P:s:D`, 80 bits prefix, 16 bits selector, 32 bits IPv4 address). */
  readonly prefix: string;
  /** Further NAT64 prefixes, of RFC 6052 length. */
  readonly "extra-prefixes": readonly string[];
  /** Limits for clients; left out for no limit. */
  readonly bandwidth?: BandwidthFile | undefined;
  /** Allows addresses that no real network uses. */
  readonly lab: boolean;
  /** Left out if no IPv4 traffic leaves through this host. */
  readonly "local-exit"?: LocalExitFile | undefined;
  /** Left out if there are no peer exits and the prefix is not registered. */
  readonly coordinator?: CoordinatorFile | undefined;
  /** Left out if no IPv4 peers are used. */
  readonly "peer-exits"?: PeerExitsFile | undefined;
  /** For the command `v6peer`. */
  readonly sharing: SharingFile;
  readonly translator: {
    readonly "own-ipv4": string;
    readonly filtering: "endpoint-independent" | "address-dependent" | "address-and-port-dependent";
    readonly hairpinning: boolean;
    readonly "reset-unknown-connections": boolean;
    readonly "udp-zero-checksum": "compute" | "drop";
    readonly "traffic-class-to-ipv6": "copy" | number;
    readonly "traffic-class-to-ipv4": "copy" | number;
  };
  /** Bytes. */
  readonly mtu: { readonly ipv6: number; readonly ipv4: number; readonly "lowest-ipv6": number };
  readonly "icmp-errors": { readonly "per-second": number; readonly burst: number };
  /** Seconds. */
  readonly timers: {
    readonly udp: number;
    readonly "tcp-established": number;
    readonly "tcp-transitory": number;
    readonly "tcp-incoming-syn": number;
    readonly icmp: number;
    readonly fragment: number;
  };
  readonly tables: {
    readonly sessions: number;
    /** Default: as many as sessions, at least 4096. */
    readonly clients?: number | undefined;
    readonly "fragmented-packets": number;
    /** Bytes. */
    readonly "held-bytes": number;
  };
  readonly caps: Readonly<Record<"64" | "56" | "48", CapsFile>>;
  readonly host: {
    /** Name of the TUN device. */
    readonly interface: string;
    /** Whether this host's other interfaces may forward between each other once forwarding is on. */
    readonly "forward-others": boolean;
  };
  readonly control: {
    readonly socket: string;
    /** Name of the group that owns the socket; left out, it is the daemon's own. */
    readonly group?: string | undefined;
  };
  /** `address:port` or `off`. */
  readonly metrics: { readonly listen: string };
  /** `address:port` or `off`. */
  readonly "status-page": { readonly listen: string };
  readonly "audit-log": ClientAuditLogTable;
  readonly complaints: ComplaintsTable;
  /** Where bans are kept; by default `bans.json` in the directory of the state. */
  readonly bans: { readonly file?: string | undefined };
  readonly log: { readonly level: LogLevel };
}

/** The coordinator, which pairs IPv6 peers with IPv4 peers. */
export interface CoordinatorFile {
  readonly host: string;
  readonly port: number;
  /** `sha256//…` of its certificate's public key. */
  readonly pin?: string | undefined;
  /** File with the certificates of a CA. */
  readonly ca?: string | undefined;
  readonly invite?: string | undefined;
  /** Whether the prefix is in the public list. */
  readonly listed: boolean;
  /** Complaint contact. */
  readonly abuse: string;
  /** Directory with the identity's key and the selectors. */
  readonly state: string;
}

/** Exits through IPv4 peers. */
export interface PeerExitsFile {
  readonly count: number;
  readonly relay: "system" | "builtin";
  /** Public IPv4 address and UDP port of the built-in relay. */
  readonly "relay-address"?: string | undefined;
  readonly "relay-port": number;
  /** Prefixes that the built-in relay serves in addition to the /80. */
  readonly serves: readonly string[];
  /** Peer ids. */
  readonly wants: readonly string[];
  readonly "only-wanted": boolean;
  readonly "pinned-internet": boolean;
  /** Shares of new clients, by peer id. */
  readonly weights: Readonly<Record<string, number>>;
  readonly "local-weight": number;
}

/** The local exit: how IPv4 traffic leaves this host. */
export interface LocalExitFile {
  readonly mode: "pool" | "masquerade";
  /** Always present in mode `pool`. */
  readonly pool?: readonly PoolRangeFile[] | undefined;
  /** Destinations that clients cannot reach through it. */
  readonly policy: RefusedTable;
  readonly "static-bindings": readonly {
    readonly protocol: "tcp" | "udp" | "icmp";
    readonly ipv6: string;
    readonly "ipv6-port": number;
    readonly ipv4: string;
    readonly "ipv4-port": number;
  }[];
}

/** IPv4 addresses with the ports (for ICMP: Query Identifiers) that may be used on each; both ends inclusive. */
export interface PoolRangeFile {
  readonly address: string;
  readonly tcp?: readonly [number, number] | undefined;
  readonly udp?: readonly [number, number] | undefined;
  readonly icmp?: readonly [number, number] | undefined;
}

/** Caps of one client prefix. Defaults depend on the size of the session table: see `caps.ts`. */
export interface CapsFile {
  readonly sessions?: number | "none" | undefined;
  readonly "new-sessions-per-second"?: number | "none" | undefined;
  readonly "packets-per-second"?: number | "none" | undefined;
}
