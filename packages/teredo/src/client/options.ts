import type { IPv4Predicate } from "../address-check.ts";
import type { Endpoint } from "../endpoint.ts";

/** What a client needs to know. */
export interface ClientOptions {
  /** The server's first address and port; the address is the one in Teredo addresses. */
  readonly server: Endpoint;
  /** The server's second address or port, if it has one; without it the NAT kind stays unknown. */
  readonly second?: Endpoint;
  /** Names this client to the server: 0 … 255 bytes. */
  readonly clientIdentifier: Uint8Array;
  /** The authentication value (0 … 255 bytes) that goes with a nonce of eight bytes. */
  readonly authenticate: (nonce: Uint8Array) => Uint8Array;
  /** A random int32 word that outsiders cannot guess. */
  readonly random: () => number;
  /** Which IPv4 addresses are global unicast. */
  readonly isGlobalUnicast: IPv4Predicate;
  /** The socket's own address and port, if known: a mapping that is the same means no NAT. */
  readonly local?: Endpoint;
  /** Longest time between two solicitations, in milliseconds; default and most: 25,000. */
  readonly refreshMs?: number;
}

/** Milliseconds until a solicitation without an answer is repeated (RFC 4380 §5.2.1). */
export const RETRY_MS = 4_000;

/** Solicitations without an answer after which the server counts as silent: one, and three more (RFC 4380 §5.2.1). */
export const TRIES = 4;

/** Longest wait between solicitations to a silent server, in milliseconds. */
export const SILENT_MS = 30_000;

/** Longest time between two solicitations to hold the mapping, in milliseconds; RFC 4380 §5.2.5 has 30 s. */
export const REFRESH_MS = 25_000;

/** Bubbles for one relay about one Teredo address, in so many milliseconds (as RFC 4380 §5.2.6 for clients). */
export const BUBBLES_PER_RELAY = 4;
export const BUBBLE_PERIOD_MS = 300_000;

/** Bubbles per second altogether. */
export const BUBBLES_PER_SECOND = 10;
