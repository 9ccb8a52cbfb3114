/** What the machines of this package want done. They do nothing themselves. */

/** A UDP datagram to send. */
export interface SendDatagram {
  readonly kind: "datagram";
  /** IPv4 destination, an int32 word. */
  readonly address: number;
  /** UDP destination port. */
  readonly port: number;
  /** The UDP payload. May be the very array that was handed in. */
  readonly bytes: Uint8Array;
}

/** An IPv6 packet to hand to the native side. */
export interface DeliverPacket {
  readonly kind: "packet";
  /** The packet with its header; a view of what was handed in. */
  readonly bytes: Uint8Array;
}
