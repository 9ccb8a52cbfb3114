/** The kinds of servers from which clients learn NAT64 prefixes. */

/** The content of its configuration. */
export interface Dns64Plan {
  /** NAT64 prefixes in use, the preferred ones first. */
  readonly prefixes: readonly string[];
  /** Prefixes that were in use until recently. */
  readonly withdrawn: readonly string[];
  /** Comments to keep in the file. */
  readonly remembered?: readonly string[];
  /** Whether special-purpose IPv4 addresses of laboratories count as global. */
  readonly isLab: boolean;
  /** The network interface, for servers that need it. */
  readonly interface?: string;
}

/** A kind of server. */
export interface Dns64Server {
  readonly name: "unbound" | "bind" | "radvd";
  /** Maximum number of prefixes that it can use at once. */
  readonly most: number;
  /** Default path of the file, as on Debian. */
  readonly file: string;
  /** A shell command that fails when its whole configuration is wrong. */
  readonly check: string;
  /** A shell command that makes it reload its configuration. */
  readonly reload: string;
  /** Lines that explain how to use a separate file. */
  readonly usage: readonly string[];
  /** The content of a separate file. Throws a `UsageError` if a setting is missing. */
  whole(plan: Dns64Plan): readonly string[];
  /** The lines between the markers in the operator's own file. */
  part(plan: Dns64Plan): readonly string[];
}
