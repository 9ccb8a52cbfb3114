import type { IPv4Predicate } from "../address-check.ts";
import type { Endpoint } from "../endpoint.ts";
import type { IPv6Prefix } from "./served-prefixes.ts";

/** What a relay needs to know. */
export interface RelayOptions {
  /** The IPv6 prefixes it works for; everything else is refused, both ways. */
  readonly serves: readonly IPv6Prefix[];
  /** Source of its ICMPv6 errors, sixteen bytes. */
  readonly errorSource: Uint8Array;
  /** Its own UDP endpoints, which nobody's mapping may be (RFC 6324). */
  readonly own: readonly Endpoint[];
  /** Which IPv4 addresses are global unicast. */
  readonly isGlobalUnicast: IPv4Predicate;
  /** Key of the table's hash: two random words. */
  readonly hashKey: readonly [number, number];
  /** A random int32 word that outsiders cannot guess; nonces are made of it. */
  readonly random: () => number;
  /** Peers at once; default 16,384. Those that come by themselves get half of them. */
  readonly peers?: number;
  /** Bytes that may wait for one peer (default 8,192) and for all (default 1 MiB). */
  readonly queueBytes?: number;
  readonly totalQueueBytes?: number;
  /**
   * Whether a set cone bit lets packets go out without a bubble (RFC 4380 §5.4.1) or is ignored, as RFC 5991 has it;
   * default: ignored.
   */
  readonly honourConeBit?: boolean;
  /** Whether each indirect bubble goes with a direct one, for a relay that is behind a NAT itself; default: no. */
  readonly directBubbles?: boolean;
  /** Bubbles per second altogether; default 200. */
  readonly bubblesPerSecond?: number;
  /** ICMPv6 errors per second altogether; default 10. */
  readonly errorsPerSecond?: number;
}

/** Milliseconds after the last reception in which a peer's mapping is good (RFC 4380 §5.4.1). */
export const VALID_MS = 30_000;

/** Milliseconds between two bubbles to a peer (RFC 4380 §5.2.6). */
export const BUBBLE_INTERVAL_MS = 2_000;

/** Bubbles that may stay unanswered (RFC 4380 §5.2.6: one, and three repetitions). */
export const BUBBLES = 4;

/** Milliseconds after which a peer that answered none may be sent bubbles again (RFC 4380 §5.2.6). */
export const LOCK_MS = 300_000;
