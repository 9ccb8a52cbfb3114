import type { IPv4Predicate } from "../address-check.ts";
import type { Endpoint } from "../endpoint.ts";
import type { IPv6Prefix } from "./served-prefixes.ts";

/** Options of a relay. */
export interface RelayOptions {
  /** The IPv6 prefixes that it serves. It refuses all others in both directions. */
  readonly serves: readonly IPv6Prefix[];
  /** Source of its ICMPv6 errors, sixteen bytes. */
  readonly errorSource: Uint8Array;
  /** Its own UDP endpoints. No peer's mapping may equal one of them (RFC 6324). */
  readonly own: readonly Endpoint[];
  /** Which IPv4 addresses are global unicast. */
  readonly isGlobalUnicast: IPv4Predicate;
  /** Key of the table's hash: two random words. */
  readonly hashKey: readonly [number, number];
  /** Returns a random int32 word that outsiders cannot guess. Nonces are made of these. */
  readonly random: () => number;
  /** Maximum number of peers; default 16,384. Peers that send the first packet can use half of them. */
  readonly peers?: number;
  /** Bytes that may be queued for one peer (default 8,192) and in total (default 1 MiB). */
  readonly queueBytes?: number;
  readonly totalQueueBytes?: number;
  /**
   * Whether to send packets to addresses with the cone bit without a bubble (RFC 4380 §5.4.1). Default: no, ignore the
   * bit as RFC 5991 says.
   */
  readonly honourConeBit?: boolean;
  /** Whether to send a direct bubble with each indirect one, for a relay that is itself behind a NAT. Default: no. */
  readonly directBubbles?: boolean;
  /** Bubbles per second in total; default 200. */
  readonly bubblesPerSecond?: number;
  /** ICMPv6 errors per second in total; default 10. */
  readonly errorsPerSecond?: number;
}

/** Milliseconds after the last reception during which a peer's mapping is valid (RFC 4380 §5.4.1). */
export const VALID_MS = 30_000;

/** Milliseconds between two bubbles to a peer (RFC 4380 §5.2.6). */
export const BUBBLE_INTERVAL_MS = 2_000;

/** Maximum number of unanswered bubbles (RFC 4380 §5.2.6: one and three repetitions). */
export const BUBBLES = 4;

/** Milliseconds until a peer that answered none of them is sent bubbles again (RFC 4380 §5.2.6). */
export const LOCK_MS = 300_000;
