/**
 * Checks whether a packet has the form of a probe. Anyone can cause this work, so it is cheap: no allocation, no key,
 * and three comparisons reject nearly all other packets.
 */
import { get16, get32 } from "@nat64/rfc6052/bytes";
import { checksumOf } from "./checksum.ts";
import type { ProbeFault } from "./fault.ts";
import {
  AT,
  directionOf,
  ECHO_REPLY,
  ECHO_REQUEST,
  ICMPV6,
  IPV6_HEADER_LENGTH,
  MAGIC,
  PROBE_LENGTH,
  PROBE_VERSION,
  type ProbeNumber,
} from "./layout.ts";

/**
 * The first fault in the form of the IPv6 packet of `length` bytes at `offset`, or `undefined`. `not-a-probe` means
 * that it is an ordinary packet; all other faults mean a probe that must be dropped.
 */
export function checkProbe(packet: Uint8Array, offset: number, length: number): ProbeFault | undefined {
  if (!isMarked(packet, offset, length)) return "not-a-probe";
  const payload = get16(packet, offset + AT.payloadLength);
  if (length !== PROBE_LENGTH || payload !== PROBE_LENGTH - IPV6_HEADER_LENGTH) return "wrong-size";
  if (packet[offset + AT.version] !== PROBE_VERSION) return "unknown-version";
  const checksum = get16(packet, offset + AT.checksum);
  if (checksumOf(packet, offset) !== checksum) return "wrong-checksum";
  const number = packet[offset + AT.number];
  if (number < 1 || number > 3) return "wrong-number";
  if ((packet[offset + AT.type] === ECHO_REPLY) !== (number === 2)) return "wrong-number";
  return packet[offset + AT.direction] === directionOf(number as ProbeNumber) ? undefined : "turned-round";
}

/** Whether an echo message starts with the magic word. */
function isMarked(packet: Uint8Array, offset: number, length: number): boolean {
  if (length < AT.magic + 4 || packet[offset + AT.nextHeader] !== ICMPV6 || packet[offset] >>> 4 !== 6) return false;
  const type = packet[offset + AT.type];
  if ((type !== ECHO_REQUEST && type !== ECHO_REPLY) || packet[offset + AT.code] !== 0) return false;
  return get32(packet, offset + AT.magic) === MAGIC;
}
