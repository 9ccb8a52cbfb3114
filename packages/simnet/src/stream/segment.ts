/**
 * Segments of streams on the wire. They pass through links and NATs like other packets, so loss, reordering, mappings
 * and partitions affect them. Like TCP (RFC 9293), but numbers count segments, not bytes.
 */

/** Flags. */
export const SYN = 1;
export const ACK = 2;
export const FIN = 4;
export const RST = 8;
/** From the end that connected, because both ends may be on one host. */
export const FROM_INITIATOR = 16;

/** Maximum bytes in a segment: fits an MTU of 1,500 with the overhead of TLS. */
export const MAX_SEGMENT = 1_400;
/** Segments that may be unacknowledged, or kept out of order. */
export const WINDOW = 64;
/** Bytes that may wait to be sent and acknowledged. */
export const MAX_BUFFERED = 1_048_576;

/** Milliseconds until the first retransmission before a round trip was measured (RFC 6298 §2.1). */
export const INITIAL_RTO_MS = 1_000;
/** Bounds of the retransmission timeout; the lower is what common systems use, the upper RFC 6298 §2.5. */
export const MIN_RTO_MS = 200;
export const MAX_RTO_MS = 60_000;
/** Duplicate acknowledgements that indicate a loss (RFC 5681 §3.2). */
export const DUPLICATE_ACKS = 3;

export const NO_BYTES: Uint8Array = new Uint8Array(0);
