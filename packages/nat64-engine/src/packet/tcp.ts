/** The TCP header (RFC 9293 §3.1). */
import { get16, get32, set16, set32 } from "@nat64/rfc6052/bytes";

/** Offsets of the fields in bytes. */
export const Tcp = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgment: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const;

/** Bytes of a TCP header without options. */
export const TCP_HEADER = 20;

/** A TCP header as a record. Sequence numbers are signed 32-bit integers. */
export interface TcpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  /** The four reserved bits beside the data offset. */
  readonly reserved: number;
  /** CWR, ECE, URG, ACK, PSH, RST, SYN, FIN from high to low. */
  readonly flags: number;
  readonly window: number;
  readonly checksum: number;
  readonly urgentPointer: number;
  /** Options with their padding, a multiple of four bytes. */
  readonly options: Uint8Array;
}

/** Parses the header at `at`; undefined when it is incomplete. */
export function parseTcpHeader(bytes: Uint8Array, at = 0): TcpHeader | undefined {
  if (at + TCP_HEADER > bytes.length) return undefined;
  const length = tcpHeaderLength(bytes, at);
  if (length < TCP_HEADER || at + length > bytes.length) return undefined;
  return {
    sourcePort: get16(bytes, at + Tcp.sourcePort),
    destinationPort: get16(bytes, at + Tcp.destinationPort),
    sequence: get32(bytes, at + Tcp.sequence),
    acknowledgment: get32(bytes, at + Tcp.acknowledgment),
    reserved: bytes[at + Tcp.dataOffset] & 0x0f,
    flags: bytes[at + Tcp.flags],
    window: get16(bytes, at + Tcp.window),
    checksum: get16(bytes, at + Tcp.checksum),
    urgentPointer: get16(bytes, at + Tcp.urgentPointer),
    options: bytes.slice(at + Tcp.options, at + length),
  };
}

/** Writes the header at `at` and returns its bytes. The mirror of {@link parseTcpHeader}. */
export function emitTcpHeader(header: TcpHeader, bytes: Uint8Array, at = 0): number {
  const length = TCP_HEADER + header.options.length;
  set16(bytes, at + Tcp.sourcePort, header.sourcePort);
  set16(bytes, at + Tcp.destinationPort, header.destinationPort);
  set32(bytes, at + Tcp.sequence, header.sequence);
  set32(bytes, at + Tcp.acknowledgment, header.acknowledgment);
  bytes[at + Tcp.dataOffset] = (length << 2) | header.reserved;
  bytes[at + Tcp.flags] = header.flags;
  set16(bytes, at + Tcp.window, header.window);
  set16(bytes, at + Tcp.checksum, header.checksum);
  set16(bytes, at + Tcp.urgentPointer, header.urgentPointer);
  bytes.set(header.options, at + Tcp.options);
  return length;
}

/** Bytes of the TCP header at `at` with its options, as its data offset says. */
export function tcpHeaderLength(bytes: Uint8Array, at: number): number {
  return (bytes[at + Tcp.dataOffset] >>> 4) << 2;
}
