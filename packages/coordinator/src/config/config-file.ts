import type { LogLevel } from "@nat64/daemon-kit/config";

/** The data of the configuration file, with its keys and all defaults. `coordinator.example.toml` explains each key. */
export interface ConfigFile {
  /** Allows addresses that the internet does not use. */
  readonly lab: boolean;
  readonly tls: {
    /** `address:port` each. */
    readonly listen: readonly string[];
    /** The name in a self-signed certificate. */
    readonly name: string;
    /** PEM files; both or none. */
    readonly certificate?: string | undefined;
    readonly key?: string | undefined;
    /** PEM file with the key of a self-signed certificate; created if it does not exist. */
    readonly "self-signed"?: string | undefined;
  };
  readonly teredo: {
    /** `address:port` as the internet sees them. */
    readonly primary: string;
    readonly secondary: string;
    /** `address:port` to bind to, if the host has other addresses. */
    readonly "bind-primary"?: string | undefined;
    readonly "bind-secondary"?: string | undefined;
    /** Seconds. */
    readonly interval: number;
  };
  /** `[address]:port`, IPv6: as the internet sees it, and to bind to if that is another one. */
  readonly "prefix-proofs": { readonly source: string; readonly bind?: string | undefined };
  /** More addresses of this host, to which peers must not forward traffic. */
  readonly "further-addresses": readonly string[];
  readonly enrolment: {
    readonly mode: "open" | "invite" | "list";
    readonly invites: readonly string[];
    readonly peers: readonly string[];
    /** A file with one peer id per line. */
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
  /** `address:port` or `off`. */
  readonly prefixes: { readonly listen: string };
  /** `address:port` or `off`. */
  readonly metrics: { readonly listen: string };
  readonly control: {
    /** Path of the control socket; by default see `socketPathOf`. */
    readonly socket?: string | undefined;
    /** Name of the group that owns the socket; by default the coordinator's own. */
    readonly group?: string | undefined;
  };
  readonly log: { readonly level: LogLevel };
}
