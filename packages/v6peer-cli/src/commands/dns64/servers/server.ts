/** What there is to know of a server that clients learn NAT64 prefixes from. */

/** What its configuration shall say. */
export interface Dns64Plan {
  /** NAT64 prefixes in use, the preferred ones first. */
  readonly prefixes: readonly string[];
  /** Prefixes that were in use until not long ago. */
  readonly withdrawn: readonly string[];
  /** Comments to keep in the file. */
  readonly remembered?: readonly string[];
  /** Whether special-purpose IPv4 addresses of laboratories count as global. */
  readonly isLab: boolean;
  /** The interface, for servers that have to know it. */
  readonly interface?: string;
}

/** A kind of server. */
export interface Dns64Server {
  readonly name: "unbound" | "bind" | "radvd";
  /** Prefixes that it can use at once. */
  readonly most: number;
  /** Where the file goes unless somebody says otherwise, as Debian has it. */
  readonly file: string;
  /** A shell command that fails when its whole configuration is wrong. */
  readonly check: string;
  /** A shell command that makes it read its configuration again. */
  readonly reload: string;
  /** Lines about how to use a file of its own. */
  readonly usage: readonly string[];
  /** A file of its own. Throws a `UsageError` when something is missing for that. */
  whole(plan: Dns64Plan): readonly string[];
  /** What goes between marker lines in somebody else's file. */
  part(plan: Dns64Plan): readonly string[];
}
