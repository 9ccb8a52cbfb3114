/**
 * Super-packets on a link with a rate: each segment has its own headers, and a super-packet can be sent in pieces, so that other
 * packets do not wait long. A piece is a smaller super-packet or an ordinary packet; the sender completes its checksum.
 */

import { get16, get32, set16, set32 } from "@nat64/rfc6052/bytes";
import { GsoType, type PacketBatch, VirtioFlag } from "../batch.ts";
import { add, difference } from "../packet/checksum.ts";
import { IPV6_HEADER } from "../packet/ipv6.ts";
import { TcpFlag } from "../packet/packet.ts";
import { Tcp } from "../packet/tcp.ts";
import { UDP_HEADER } from "../packet/udp.ts";

/** Where the lengths are in an IPv6 and a UDP header. */
const PAYLOAD_LENGTH = 4;
const UDP_LENGTH = 4;
/** Congestion Window Reduced (RFC 3168 §6.1): belongs to the first segment. */
const CWR = 0x80;

/**
 * Bytes of the IP packets in a slot of `length` bytes, as a rate counts them: each segment of a super-packet has its own headers.
 */
export function bytesInPackets(batch: PacketBatch, slot: number, length: number): number {
  const size = batch.gsoSize[slot];
  if (size === 0 || batch.gsoType[slot] === GsoType.none) return length;
  return withHeaders(length, batch.headerLength[slot], size);
}

/** The same for a super-packet with these numbers. */
export function withHeaders(length: number, headers: number, size: number): number {
  const segments = ((length - headers + size - 1) / size) | 0;
  return segments <= 1 ? length : length + (segments - 1) * headers;
}

/** Whether a slot holds an IPv6 super-packet that can be divided here. */
export function isDivisible(batch: PacketBatch, slot: number): boolean {
  const kind = batch.gsoType[slot] & ~GsoType.ecnBit;
  if (kind !== GsoType.tcp6 && kind !== GsoType.udpSegment) return false;
  const headers = batch.headerLength[slot];
  return (
    (batch.flags[slot] & VirtioFlag.needsChecksum) !== 0 &&
    batch.gsoSize[slot] > 0 &&
    headers >= IPV6_HEADER + UDP_HEADER &&
    headers < batch.length[slot] &&
    batch.checksumStart[slot] >= IPV6_HEADER &&
    batch.checksumStart[slot] + UDP_HEADER <= headers
  );
}

/**
 * Changes the headers of a super-packet to those of a piece of it. Slot `slot` of `batch` holds a copy of the headers and the
 * payload of the piece; its fields are still those of the whole packet.
 *
 * @param whole bytes of the whole packet
 * @param before payload bytes that come before the piece
 * @param payload bytes of the piece
 */
export function describePiece(batch: PacketBatch, slot: number, whole: number, before: number, payload: number): void {
  const bytes = batch.bytes;
  const at = batch.offset[slot];
  const headers = batch.headerLength[slot];
  const upper = batch.checksumStart[slot];
  const transport = at + upper;
  const length = headers + payload;
  const isLast = headers + before + payload === whole;
  batch.length[slot] = length;
  set16(bytes, at + PAYLOAD_LENGTH, length - IPV6_HEADER);
  if ((batch.gsoType[slot] & ~GsoType.ecnBit) === GsoType.tcp6) {
    set32(bytes, transport + Tcp.sequence, (get32(bytes, transport + Tcp.sequence) + before) | 0);
    if (!isLast) bytes[transport + Tcp.flags] &= ~(TcpFlag.fin | TcpFlag.psh);
    if (before > 0) {
      bytes[transport + Tcp.flags] &= ~CWR;
      batch.gsoType[slot] &= ~GsoType.ecnBit;
    }
  } else {
    set16(bytes, transport + UDP_LENGTH, length - upper);
  }
  // The field holds the sum of the pseudo-header, of which the length has changed.
  const field = transport + batch.checksumOffset[slot];
  set16(bytes, field, add(get16(bytes, field), difference(whole - upper, length - upper)));
  if (payload <= batch.gsoSize[slot]) {
    batch.gsoType[slot] = GsoType.none;
    batch.gsoSize[slot] = 0;
    batch.headerLength[slot] = 0;
  }
}
