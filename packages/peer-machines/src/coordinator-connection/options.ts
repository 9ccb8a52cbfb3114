/** Options and constants of a connection to the coordinator (PROTOCOL.md §2 of `@nat64/peer-protocol`). */
import type { Role, Sign } from "@nat64/peer-protocol";

export interface ConnectionOptions {
  readonly role: Role;
  /** The peer's Ed25519 public key, base64url. */
  readonly identity: string;
  /** Signs with the private key of `identity`. */
  readonly sign: Sign;
  /** Returns a random int32 word. Used only for jitter. */
  readonly random: () => number;
  /** Name and version of the program, for people; at most 64 printable ASCII characters. */
  readonly software?: string;
  /** An invite, if the coordinator requires one. It is a secret. */
  readonly invite?: string;
}

/** Milliseconds from the start of an attempt to `welcome`, after which the attempt has failed. */
export const CONNECT_TIMEOUT_MS = 15_000;

/** Milliseconds before the second attempt. Doubles after each further failure. */
export const FIRST_RETRY_MS = 1_000;

/** Maximum of that time, before jitter. */
export const LONGEST_RETRY_MS = 20_000;
/** Milliseconds after a refusal that will not change soon: replaced by another connection, or not enrolled. */
export const HOPELESS_RETRY_MS = 60_000;

/**
 * Milliseconds after `welcome` after which the loss of the connection no longer counts as a failure of the coordinator.
 */
export const STABLE_MS = 5_000;

/** Silent periods (`keepAlive` of `welcome`) after which the other side counts as gone. */
export const SILENT_PERIODS = 3;

/** Invalid messages on one connection after which it is closed. */
export const MAX_FAULTS = 100;
