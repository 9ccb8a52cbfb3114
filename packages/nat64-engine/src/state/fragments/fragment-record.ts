/** The record of a fragmented packet: words of an Int32Array. */
export const FragmentWord = {
  /** Family, and for IPv4 the protocol above it; −1 while the record is free. */
  kind: 0,
  /** 1 … 4 source, 5 … 8 destination. */
  source: 1,
  destination: 5,
  identification: 9,
  /** The next record of the same bucket, or on the free list. */
  next: 10,
  /** 11 and 12: in the list of all packets; 13 and 14: in that of the source's group; 15 and 16: in that of those with held fragments. */
  inAll: 11,
  inGroup: 13,
  inHolding: 15,
  /** Milliseconds, int32 that wraps. */
  expiry: 17,
  group: 18,
  /** The reason to drop the rest of the packet for, 0 for none. */
  dropReason: 19,
  /** 1 once the first fragment came. */
  hasFirst: 20,
  /** Bytes of the fragmented part, known from the last fragment; −1 before. */
  totalBytes: 21,
  /** From the first fragment: ports, upper-layer protocol, ICMP type, bytes of extension headers before the upper layer. */
  sourcePort: 22,
  destinationPort: 23,
  protocol: 24,
  icmpType: 25,
  bytesBeforeUpper: 26,
  receivedBytes: 27,
  /** Fragments that came. */
  fragments: 28,
  /** Fragments that wait, in order of arrival. */
  firstHeld: 29,
  lastHeld: 30,
  /** 1 when the fragments that wait may be sent. */
  isReleased: 31,
  /** The sum of all bytes that came, for IPv4 UDP; 1 when the first fragment has no UDP checksum. */
  sum: 32,
  lacksChecksum: 33,
  /** An Identification of our own: never 0, different for each packet in the table. */
  ownIdentification: 34,
} as const;

/** Words of a record. */
export const FRAGMENT_RECORD_WORDS = 35;
