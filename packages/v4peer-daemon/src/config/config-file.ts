import type { AuditLogTable, ComplaintsTable, LogLevel } from "@nat64/daemon-kit/config";
import type { Ports, RefusedTable } from "@nat64/daemon-kit/exit-policy";

/** A service of this host. */
export interface PublishFile {
  readonly ports: Ports;
  readonly protocol: "tcp" | "udp";
  /** Left out: this host's address on its uplink. */
  readonly address?: string | undefined;
  /** What clients write instead of the address: it hides the home's numbering. */
  readonly alias?: string | undefined;
}

/** The configuration's data, keys as in the file, defaults filled in. `v4peer.example.toml` explains each to people. */
export interface ConfigFile {
  /** Allows addresses that no real network uses. */
  readonly lab: boolean;
  /** Path of the private key. */
  readonly identity?: string | undefined;
  readonly coordinator: {
    readonly host: string;
    readonly port: number;
    readonly pin?: string | undefined;
    readonly ca?: string | undefined;
    readonly invite?: string | undefined;
  };
  readonly exit: RefusedTable & {
    readonly internet: boolean;
    readonly "pinned-internet": boolean;
    readonly publish: readonly PublishFile[];
    readonly networks: readonly {
      readonly network: string;
      readonly protocol: "tcp" | "udp";
      readonly ports: Ports;
    }[];
    /** Bits per second, each direction. */
    readonly bandwidth?: number | undefined;
    readonly "max-pairs": number;
    readonly "ports-per-pair": number;
  };
  readonly peers: {
    readonly wants: readonly string[];
    readonly "only-wanted": boolean;
    /** Peer id by prefix. */
    readonly pins: Readonly<Record<string, string>>;
  };
  readonly host: {
    /** Name of the TUN device. */
    readonly interface: string;
    /** Device by which packets leave; left out: the one that leads to the coordinator. */
    readonly "way-out"?: string | undefined;
    /** 0: the system chooses. */
    readonly "udp-port": number;
  };
  readonly control: { readonly socket?: string | undefined };
  /** `address:port` or `off`. */
  readonly metrics: { readonly listen: string };
  readonly "audit-log": AuditLogTable;
  readonly complaints: ComplaintsTable;
  readonly log: { readonly level: LogLevel };
}
