import type { LogLevel } from "@nat64/daemon-kit/config";

/** The configuration file's data, keys as in the file, defaults filled in. `coordinator.example.toml` explains each to people. */
export interface ConfigFile {
  /** Allows addresses that no real network uses. */
  readonly lab: boolean;
  readonly tls: {
    /** `address:port` each. */
    readonly listen: readonly string[];
    /** The name in a self-signed certificate. */
    readonly name: string;
    /** PEM files; both or none. */
    readonly certificate?: string | undefined;
    readonly key?: string | undefined;
    /** PEM file of the key of a self-signed certificate; made if it is not there. */
    readonly "self-signed"?: string | undefined;
  };
  readonly teredo: {
    /** `address:port` as the world sees them. */
    readonly primary: string;
    readonly secondary: string;
    /** `address:port` to bind to, where the host itself has other addresses. */
    readonly "bind-primary"?: string | undefined;
    readonly "bind-secondary"?: string | undefined;
    /** Seconds. */
    readonly interval: number;
  };
  /** `[address]:port`, IPv6: as the world sees it, and to bind to where that is another. */
  readonly "prefix-proofs": { readonly source: string; readonly bind?: string | undefined };
  /** Addresses of this host that peers must not forward to, besides those above. */
  readonly "further-addresses": readonly string[];
  readonly enrolment: {
    readonly mode: "open" | "invite" | "list";
    readonly invites: readonly string[];
    readonly peers: readonly string[];
    /** A file with a peer id on each line. */
    readonly "peers-file"?: string | undefined;
  };
  readonly limits: {
    readonly connections: number;
    readonly "connections-per-address": number;
    readonly peers: number;
    readonly pairs: number;
    /** Bits per second. */
    readonly "pair-bandwidth"?: number | undefined;
  };
  readonly timers: {
    /** Seconds. */
    readonly "keep-alive": number;
    readonly drain: number;
  };
  /** `address:port` or `off`, both. */
  readonly prefixes: { readonly listen: string };
  readonly metrics: { readonly listen: string };
  readonly log: { readonly level: LogLevel };
}
