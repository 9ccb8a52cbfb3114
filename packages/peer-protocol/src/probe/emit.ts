/** Writes probes: the counterpart of `check.ts` and `verify.ts`. */
import { set16, set32 } from "@nat64/rfc6052/bytes";
import type { HmacSha256 } from "../crypto/suite.ts";
import { checksumOf } from "./checksum.ts";
import type { ProbeEnds } from "./ends.ts";
import {
  AT,
  directionOf,
  ECHO_REPLY,
  ECHO_REQUEST,
  HOP_LIMIT,
  ICMPV6,
  IPV6_HEADER_LENGTH,
  MAGIC,
  PROBE_LENGTH,
  PROBE_MAC_LENGTH,
  PROBE_VERSION,
  type ProbeNumber,
  TO_V4,
} from "./layout.ts";
import { macOf } from "./mac.ts";

/** The nonces of an exchange, 16 bytes each. */
export interface ProbeNonces {
  /** The IPv6 peer's. */
  readonly a: Uint8Array;
  /** The IPv4 peer's; zeros in message 1. */
  readonly b: Uint8Array;
}

/** The nonce b in message 1. */
export const NO_NONCE: Uint8Array = new Uint8Array(16);

/** Writes the probe to `out`, which must have room for `PROBE_LENGTH` bytes, and returns that length. */
export function emitProbe(
  number: ProbeNumber,
  ends: ProbeEnds,
  nonces: ProbeNonces,
  hmac: HmacSha256,
  out: Uint8Array,
  offset = 0,
): number {
  const direction = directionOf(number);
  out.fill(0, offset, offset + AT.source);
  out[offset] = 0x60;
  out[offset + AT.payloadLength + 1] = PROBE_LENGTH - IPV6_HEADER_LENGTH;
  out[offset + AT.nextHeader] = ICMPV6;
  out[offset + AT.hopLimit] = HOP_LIMIT;
  out.set(direction === TO_V4 ? ends.v6 : ends.v4, offset + AT.source);
  out.set(direction === TO_V4 ? ends.v4 : ends.v6, offset + AT.destination);
  out[offset + AT.type] = number === 2 ? ECHO_REPLY : ECHO_REQUEST;
  out[offset + AT.code] = 0;
  out[offset + AT.identifier] = ends.pair[0];
  out[offset + AT.identifier + 1] = ends.pair[1];
  out[offset + AT.sequence] = nonces.a[0];
  out[offset + AT.sequence + 1] = nonces.a[1];
  set32(out, offset + AT.magic, MAGIC);
  out[offset + AT.version] = PROBE_VERSION;
  out[offset + AT.direction] = direction;
  out[offset + AT.number] = number;
  out[offset + AT.reserved] = 0;
  out.set(ends.pair, offset + AT.pair);
  out.set(nonces.a, offset + AT.nonceA);
  out.set(number === 1 ? NO_NONCE : nonces.b, offset + AT.nonceB);
  const mac = macOf(out, offset, ends.keys, hmac);
  for (let i = 0; i < PROBE_MAC_LENGTH; i++) out[offset + AT.mac + i] = mac[i];
  const checksum = checksumOf(out, offset);
  set16(out, offset + AT.checksum, checksum);
  return PROBE_LENGTH;
}
