import type { IPv4Predicate } from "../address-check.ts";
import type { Endpoint } from "../endpoint.ts";

/** Options of a client. */
export interface ClientOptions {
  /** The server's first address and port. The address becomes part of Teredo addresses. */
  readonly server: Endpoint;
  /** The server's second address or port, if it has one. Without it, the NAT kind stays unknown. */
  readonly second?: Endpoint;
  /** Identifies this client to the server: 0 … 255 bytes. */
  readonly clientIdentifier: Uint8Array;
  /** Returns the authentication value (0 … 255 bytes) for a nonce of eight bytes. */
  readonly authenticate: (nonce: Uint8Array) => Uint8Array;
  /** A random int32 word that outsiders cannot guess. */
  readonly random: () => number;
  /** Which IPv4 addresses are global unicast. */
  readonly isGlobalUnicast: IPv4Predicate;
  /** Bytes of padding in solicitations, a multiple of 8; default 0. */
  readonly paddingBytes?: number;
  /** The socket's own address and port, if known. An equal mapping means that there is no NAT. */
  readonly local?: Endpoint;
  /** Longest time between two solicitations, in milliseconds. Default and maximum: 25,000. */
  readonly refreshMs?: number;
}

/** Milliseconds until an unanswered solicitation is repeated (RFC 4380 §5.2.1). */
export const RETRY_MS = 4_000;

/** Unanswered solicitations after which the server counts as silent: one and three repetitions (RFC 4380 §5.2.1). */
export const TRIES = 4;

/** Longest wait between solicitations to a silent server, in milliseconds. */
export const SILENT_MS = 30_000;

/** Longest time between two solicitations that keep the mapping alive, in milliseconds. RFC 4380 §5.2.5 says 30 s. */
export const REFRESH_MS = 25_000;

/**
 * Bubbles to one relay about one Teredo address within a period, and the period in milliseconds (as RFC 4380 §5.2.6
 * says for clients).
 */
export const BUBBLES_PER_RELAY = 4;
export const BUBBLE_PERIOD_MS = 300_000;

/** Bubbles per second in total. */
export const BUBBLES_PER_SECOND = 10;
