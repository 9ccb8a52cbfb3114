/** Verifies that a probe is from the other end of a pair. */
import type { HmacSha256 } from "../crypto/suite.ts";
import type { Role } from "../messages/message-definition.ts";
import type { ProbeEnds } from "./ends.ts";
import type { ProbeFault } from "./fault.ts";
import { AT, PROBE_MAC_LENGTH, TO_V4, TO_V6 } from "./layout.ts";
import { macOf } from "./mac.ts";

/**
 * The first fault of a probe that passed `checkProbe`, or `undefined` if `receiver`, one of the two ends, can trust it.
 * The HMAC is checked last, so that only senders that know the pair's identifier and both addresses can cause one. The
 * caller checks that the nonces are correct and fresh.
 */
export function verifyProbe(
  packet: Uint8Array,
  offset: number,
  ends: ProbeEnds,
  receiver: Role,
  hmac: HmacSha256,
): ProbeFault | undefined {
  const isV4 = receiver === "v4peer";
  if (packet[offset + AT.direction] !== (isV4 ? TO_V4 : TO_V6)) return "turned-round";
  if (!isSame(packet, offset + AT.pair, ends.pair)) return "wrong-pair";
  if (!isSame(packet, offset + AT.source, isV4 ? ends.v6 : ends.v4)) return "wrong-address";
  if (!isSame(packet, offset + AT.destination, isV4 ? ends.v4 : ends.v6)) return "wrong-address";
  const mac = macOf(packet, offset, ends.keys, hmac);
  let difference = 0;
  for (let i = 0; i < PROBE_MAC_LENGTH; i++) difference |= packet[offset + AT.mac + i] ^ mac[i];
  return difference === 0 ? undefined : "wrong-mac";
}

/** Whether the bytes from `at` on are these. */
export function isSame(packet: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (packet[at + i] !== bytes[i]) return false;
  return true;
}
