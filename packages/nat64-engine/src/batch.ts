/**
 * A batch of IP packets in one buffer, described by parallel arrays: the format in which packets enter and leave the engine.
 * A TUN device with offloads fills and sends the same format, so nothing is copied in between.
 *
 * The packets are in {@link PacketBatch.bytes} in slot order, each with at least {@link HEADROOM} free bytes before it:
 * headers grow and shrink in place. The bytes behind the last packet are free.
 */
export interface PacketBatch {
  /** One buffer that holds every packet of the batch. */
  readonly bytes: Uint8Array;
  /** Number of slots in each of the arrays below. */
  readonly capacity: number;
  /** Slots in use: 0 … `count` − 1. */
  count: number;
  /** Where each packet's IP header starts in `bytes`. */
  readonly offset: Uint32Array;
  /** Bytes of each IP packet. */
  readonly length: Uint32Array;
  /** `flags` of struct virtio_net_hdr: see {@link VirtioFlag}. */
  readonly flags: Uint8Array;
  /** `gso_type` of struct virtio_net_hdr: see {@link GsoType}. */
  readonly gsoType: Uint8Array;
  /** Payload bytes of each segment of a super-packet, 0 for an ordinary packet. */
  readonly gsoSize: Uint16Array;
  /** Bytes of all headers of a super-packet, from the IP header to the end of the transport header. */
  readonly headerLength: Uint16Array;
  /** Where the checksum's coverage starts, in bytes from the packet's start. */
  readonly checksumStart: Uint16Array;
  /** Where the checksum field is, in bytes from `checksumStart`. */
  readonly checksumOffset: Uint16Array;
}

/** Free bytes that the engine requires before each packet: 20 (IPv4 to IPv6) + 8 (Fragment header), rounded up. */
export const HEADROOM = 64;

/** Bytes at the end of the buffer for packets that the engine writes: errors, fragments, released packets. */
export const RESERVE: number = 256 * 1024;

/** Values of `flags` in struct virtio_net_hdr (linux/virtio_net.h). */
export const VirtioFlag = {
  /** The checksum field holds the folded sum of the pseudo-header only. */
  needsChecksum: 1,
  /** The checksum was already verified. */
  dataValid: 2,
} as const;

/** Values of `gso_type` in struct virtio_net_hdr (linux/virtio_net.h); bit 0x80 (ECN) may be set on top. */
export const GsoType = {
  none: 0,
  tcp4: 1,
  udpFragment: 3,
  tcp6: 4,
  udpSegment: 5,
  ecnBit: 0x80,
} as const;

/**
 * Makes an empty batch over `bytes`. The engine works on two batches over the same bytes: one for input, one for output.
 */
export function createBatch(bytes: Uint8Array, capacity: number): PacketBatch {
  return {
    bytes,
    capacity,
    count: 0,
    offset: new Uint32Array(capacity),
    length: new Uint32Array(capacity),
    flags: new Uint8Array(capacity),
    gsoType: new Uint8Array(capacity),
    gsoSize: new Uint16Array(capacity),
    headerLength: new Uint16Array(capacity),
    checksumStart: new Uint16Array(capacity),
    checksumOffset: new Uint16Array(capacity),
  };
}
