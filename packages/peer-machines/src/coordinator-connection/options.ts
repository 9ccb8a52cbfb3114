/** What a connection to the coordinator needs to know, and its constants (PROTOCOL.md §2 of `@nat64/peer-protocol`). */
import type { Role, Sign } from "@nat64/peer-protocol";

export interface ConnectionOptions {
  readonly role: Role;
  /** The peer's Ed25519 public key, base64url. */
  readonly identity: string;
  /** Signs with the private key of `identity`. */
  readonly sign: Sign;
  /** A random int32 word; for jitter only. */
  readonly random: () => number;
  /** Name and version of the program, for humans; at most 64 printable ASCII characters. */
  readonly software?: string;
  /** An invite, where the coordinator wants one. A secret. */
  readonly invite?: string;
}

/** Milliseconds from the wish to connect to `welcome`; then the attempt has failed. */
export const CONNECT_TIMEOUT_MS = 15_000;

/** Milliseconds to the second attempt; twice as long after each further failure. */
export const FIRST_RETRY_MS = 1_000;

/** Longest such time, before jitter. */
export const LONGEST_RETRY_MS = 20_000;
/** After a refusal that will not change soon: replaced by another connection, not enrolled. */
export const HOPELESS_RETRY_MS = 60_000;

/** Milliseconds after `welcome` from which on a lost connection is no failure of the coordinator. */
export const STABLE_MS = 5_000;

/** Silent periods (`keepAlive` of `welcome`) after which the other side counts as gone. */
export const SILENT_PERIODS = 3;

/** Messages on one connection that could not be used, after which it is given up. */
export const MAX_FAULTS = 100;
