// Values of the virtio header's fields (Virtio 1.2 §5.1.6) in a batch.

/** Flag: the checksum field holds only the pseudo-header's sum; the next sender completes it. */
export const NEEDS_CHECKSUM = 1;
/** Flag: the kernel has verified the checksum already. */
export const CHECKSUM_VALID = 2;

/** `gsoType`: one packet, not to be cut. */
export const GSO_NONE = 0;
/** `gsoType`: TCP over IPv4. */
export const GSO_TCPV4 = 1;
/** `gsoType`: UDP over either family, cut by IP fragmentation (UFO, historic). */
export const GSO_UDP_FRAGMENTS = 3;
/** `gsoType`: TCP over IPv6. */
export const GSO_TCPV6 = 4;
/** `gsoType`: UDP over either family, cut into datagrams (USO). */
export const GSO_UDP = 5;
/** Bit added to a TCP `gsoType`: the segments carry ECN bits (RFC 3168). */
export const GSO_ECN = 0x80;
