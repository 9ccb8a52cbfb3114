/** Actions that the machines of this package request. The machines do no I/O themselves. */

/** A UDP datagram to send. */
export interface SendDatagram {
  readonly kind: "datagram";
  /** IPv4 destination, an int32 word. */
  readonly address: number;
  /** UDP destination port. */
  readonly port: number;
  /** The UDP payload. It may be the array that was passed in. */
  readonly bytes: Uint8Array;
}

/** An IPv6 packet to send to the native IPv6 side. */
export interface DeliverPacket {
  readonly kind: "packet";
  /** The packet with its header: a view of the input. */
  readonly bytes: Uint8Array;
}
