/**
 * Segments: what streams are made of on the wire. They go through links and NATs as other packets do, so loss, order,
 * mappings and partitions act on them. Like TCP (RFC 9293), but numbers count segments, not bytes.
 */

/** Flags. */
export const SYN = 1;
export const ACK = 2;
export const FIN = 4;
export const RST = 8;
/** From the end that connected: both ends may be on one host. */
export const FROM_INITIATOR = 16;

/** Bytes in a segment at most: fits an MTU of 1,500 with TLS's own. */
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
/** Duplicate acknowledgements that tell a loss (RFC 5681 §3.2). */
export const DUPLICATE_ACKS = 3;

export const NO_BYTES: Uint8Array = new Uint8Array(0);
