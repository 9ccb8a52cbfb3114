/** The UDP header (RFC 768). */
import { get16, set16 } from "@nat64/rfc6052/bytes";

/** Offsets of the fields in bytes. */
export const Udp = { sourcePort: 0, destinationPort: 2, length: 4, checksum: 6 } as const;

/** Bytes of a UDP header. */
export const UDP_HEADER = 8;

/** A UDP header as a record. */
export interface UdpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Bytes of header and data. */
  readonly length: number;
  /** 0 for no checksum. */
  readonly checksum: number;
}

/** Parses the header at `at`; undefined when it is incomplete. */
export function parseUdpHeader(bytes: Uint8Array, at = 0): UdpHeader | undefined {
  if (at + UDP_HEADER > bytes.length) return undefined;
  return {
    sourcePort: get16(bytes, at + Udp.sourcePort),
    destinationPort: get16(bytes, at + Udp.destinationPort),
    length: get16(bytes, at + Udp.length),
    checksum: get16(bytes, at + Udp.checksum),
  };
}

/** Writes the header at `at` and returns its bytes. The mirror of {@link parseUdpHeader}. */
export function emitUdpHeader(header: UdpHeader, bytes: Uint8Array, at = 0): number {
  set16(bytes, at + Udp.sourcePort, header.sourcePort);
  set16(bytes, at + Udp.destinationPort, header.destinationPort);
  set16(bytes, at + Udp.length, header.length);
  set16(bytes, at + Udp.checksum, header.checksum);
  return UDP_HEADER;
}
