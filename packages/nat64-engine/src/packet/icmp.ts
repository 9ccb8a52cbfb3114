/** The common header of ICMP (RFC 792) and ICMPv6 (RFC 4443 §2.1): eight bytes. */
import { get16, get32, set16, set32 } from "@nat64/rfc6052/bytes";

/** Offsets of the fields in bytes. */
export const Icmp = {
  type: 0,
  code: 1,
  checksum: 2,
  /** Four bytes whose meaning depends on the type. */
  rest: 4,
  /** Identifier and Sequence Number of an echo message. */
  identifier: 4,
  sequence: 6,
  /** In an error: the start of the packet that caused it. */
  original: 8,
} as const;

/** Bytes of an ICMP header. */
export const ICMP_HEADER = 8;

/** An ICMP or ICMPv6 header as a record. */
export interface IcmpHeader {
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
  /** The second word, signed: identifier and sequence number, MTU, pointer, or nothing. */
  readonly rest: number;
}

/** Parses the header at `at`; undefined when it is incomplete. */
export function parseIcmpHeader(bytes: Uint8Array, at = 0): IcmpHeader | undefined {
  if (at + ICMP_HEADER > bytes.length) return undefined;
  return {
    type: bytes[at + Icmp.type],
    code: bytes[at + Icmp.code],
    checksum: get16(bytes, at + Icmp.checksum),
    rest: get32(bytes, at + Icmp.rest),
  };
}

/** Writes the header at `at` and returns its bytes. The mirror of {@link parseIcmpHeader}. */
export function emitIcmpHeader(header: IcmpHeader, bytes: Uint8Array, at = 0): number {
  bytes[at + Icmp.type] = header.type;
  bytes[at + Icmp.code] = header.code;
  set16(bytes, at + Icmp.checksum, header.checksum);
  set32(bytes, at + Icmp.rest, header.rest);
  return ICMP_HEADER;
}
