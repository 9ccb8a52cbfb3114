import { get16, set16 } from "@nat64/rfc6052/bytes";
import { difference, updateField } from "../packet/checksum.ts";
import { type IpHeader, Protocol, TcpFlag } from "../packet/packet.ts";
import { TCP_HEADER, Tcp, tcpHeaderLength } from "../packet/tcp.ts";

// TCP options (RFC 9293 §3.2).
const END = 0;
const NO_OPERATION = 1;
const MAXIMUM_SEGMENT_SIZE = 2;
const MAXIMUM_SEGMENT_SIZE_LENGTH = 4;

/**
 * Lowers the Maximum Segment Size option of a SYN to `max`, so that neither end sends segments that are too large for the path.
 * Other packets are not changed.
 *
 * @param partial whether the checksum field holds the sum of the pseudo-header only
 */
export function clampMss(bytes: Uint8Array, header: IpHeader, max: number, partial: boolean): void {
  if (header.protocol !== Protocol.tcp || header.fragmentOffset !== 0 || (header.tcpFlags & TcpFlag.syn) === 0) return;
  const tcp = header.transport;
  const end = Math.min(tcp + tcpHeaderLength(bytes, tcp), header.offset + header.available);
  let at = tcp + TCP_HEADER;
  while (at < end && bytes[at] !== END) {
    if (bytes[at] === NO_OPERATION) {
      at++;
      continue;
    }
    const length = at + 1 < end ? bytes[at + 1] : 0;
    if (length < 2 || at + length > end) return;
    if (bytes[at] === MAXIMUM_SEGMENT_SIZE && length === MAXIMUM_SEGMENT_SIZE_LENGTH) {
      lower(bytes, tcp, at + 2, max, partial);
      return;
    }
    at += length;
  }
}

function lower(bytes: Uint8Array, tcp: number, at: number, max: number, partial: boolean): void {
  const before = get16(bytes, at);
  if (before <= max) return;
  set16(bytes, at, max);
  if (partial) return;
  // At an odd offset the two bytes are in two words of the sum, swapped.
  const isOdd = ((at - tcp) & 1) !== 0;
  const change = isOdd ? difference(swapBytes(before), swapBytes(max)) : difference(before, max);
  set16(bytes, tcp + Tcp.checksum, updateField(get16(bytes, tcp + Tcp.checksum), change));
}

function swapBytes(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}
