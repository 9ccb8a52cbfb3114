/**
 * What the pipeline knows about the current packet. One {@link Packet} is made at the start and reused for every packet, so
 * nothing is allocated on the packet path.
 *
 * Addresses are 32-bit big-endian words as signed integers: an IPv6 address fills all four words, an IPv4 address
 * word 0 only. Ports are 0 … 65535; for ICMP queries `sourcePort` and `destinationPort` both hold the Identifier
 * (RFC 6146 §3.5.3 treats it as a port); in `target` at least the one that changes must hold the new one.
 */
export class Tuple {
  readonly source: Int32Array = new Int32Array(4);
  readonly destination: Int32Array = new Int32Array(4);
  sourcePort = 0;
  destinationPort = 0;
}

/** One IP header, the headers that follow it, and the ports behind them. Offsets are absolute in the batch's bytes. */
export class IpHeader {
  /** 4 or 6. */
  family = 0;
  /** Where the IP header starts. */
  offset = 0;
  /** Bytes that are present, from `offset`; for the outer header, those that the IP header declares, without link padding. */
  available = 0;
  /** Bytes that the header declares, from `offset`. Larger than `available` only in the packet inside an ICMP error. */
  length = 0;
  /** Where the upper-layer header (or, in a later fragment, the payload) starts. */
  transport = 0;
  /**
   * Bytes of the upper layer, from `transport`, as in the pseudo-header. For a fragment: the bytes of this fragment, until those of
   * the whole packet are known.
   */
  upperLength = 0;
  /** For a fragment of UDP without a checksum: the sum of all bytes of the datagram, −1 when not known. */
  upperSum = -1;
  /** The new Identification of a fragment, 0 to keep it. Needed because many clients share an IPv4 address. */
  newIdentification = 0;
  /** Upper-layer protocol number as in the packet (ICMP is 1 in IPv4 and 58 in IPv6). */
  protocol = 0;
  /** Traffic Class, or Type of Service. */
  trafficClass = 0;
  /** Hop Limit, or Time to Live. */
  hopLimit = 0;
  /** IPv4 DF bit (0 or 1); always 1 for IPv6 without a Fragment header. */
  dontFragment = 0;
  /** 1 for a fragment of a larger packet; 0 for whole packets and for atomic fragments (RFC 6946). */
  isFragment = 0;
  /** Where the IPv6 Fragment header starts, or 0. */
  fragmentHeader = 0;
  /** Fragment offset in bytes. */
  fragmentOffset = 0;
  /** 1 when more fragments follow. */
  moreFragments = 0;
  /** IPv4 Identification (16 bits) or that of the IPv6 Fragment header (32 bits, signed). */
  identification = 0;
  /** Type and code of ICMP or ICMPv6, if the header is present. */
  icmpType = 0;
  icmpCode = 0;
  /** The flags byte of the TCP header. */
  tcpFlags = 0;
  /** Addresses and ports of the incoming packet. */
  readonly tuple: Tuple = new Tuple();
  /** Addresses and ports of the outgoing packet: set by the look-up, applied by the rewrite. */
  readonly target: Tuple = new Tuple();
}

/** The current packet: its header and, for an ICMP error, the header of the packet inside. */
export class Packet {
  readonly outer: IpHeader = new IpHeader();
  readonly inner: IpHeader = new IpHeader();
  /** Whether the packet is an ICMP error; then `inner` is set. */
  isIcmpError = false;
  /**
   * For the reasons `source-route` and `bad-extension-header`: the field in error, in bytes from the start of the outer
   * header, for the pointer of a Parameter Problem (RFC 7915 §5.1); 0 otherwise.
   */
  faultPointer = 0;
  /** Whether the transport checksum field holds only the pseudo-header's sum (virtio NEEDS_CSUM). */
  partialChecksum = false;
  /** Segment payload of a super-packet, 0 for an ordinary packet. */
  segmentSize = 0;
  /** Whether this is a held fragment that was released. */
  wasHeld = false;
  /** MTU of the path to or from a peer exit, for MSS clamping; 0 for other packets. */
  pathMtu = 0;
  /** After the rewrite: where the translated packet starts, and its length in bytes. */
  outOffset = 0;
  outLength = 0;
}

/** TCP flag bits (RFC 9293 §3.1). */
export const TcpFlag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

/** Upper-layer protocol numbers (IANA). */
export const Protocol = { icmp: 1, igmp: 2, tcp: 6, udp: 17, icmpv6: 58 } as const;
