/**
 * A path probe: an IPv6 packet that directly contains an ICMPv6 echo message (RFC 4443 §4.1, §4.2).
 *
 *      0            8        24            40    41   42         44     46      48      120
 *      +------------+--------+-------------+----+----+----------+------+-------+-------+
 *      |6, len 80,58| source | destination |type| 0  | checksum | ident| seq   | data  |
 *      +------------+--------+-------------+----+----+----------+------+-------+-------+
 *
 *      48     52      53        54     55   56     72        88        104    120
 *      +------+-------+---------+------+----+------+---------+---------+------+
 *      | N64P |version|direction|number| 0  | pair | nonce a | nonce b | MAC  |
 *      +------+-------+---------+------+----+------+---------+---------+------+
 *
 * (1) IPv6 peer → Teredo address, Echo Request: a, and zeros for b. (2) IPv4 peer → `P:ffff::1`, Echo Reply: a and b.
 * (3) as (1), with both. All have the same length, so that an answer to a stranger is never longer than the probe.
 * Offsets are in bytes from the start of the IPv6 header. Identifier and sequence number are the first bytes of pair
 * and nonce a, so that firewalls that match replies to requests let (2) through.
 */

/** Length of a probe, in bytes. */
export const PROBE_LENGTH = 120;
/** Length of the MAC, in bytes: HMAC-SHA-256 truncated to 128 bits (RFC 2104 §5). */
export const PROBE_MAC_LENGTH = 16;
/** Version of the probes. */
export const PROBE_VERSION = 1;

/** Offsets. */
export const AT = {
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
  type: 40,
  code: 41,
  checksum: 42,
  identifier: 44,
  sequence: 46,
  magic: 48,
  version: 52,
  direction: 53,
  number: 54,
  reserved: 55,
  pair: 56,
  nonceA: 72,
  nonceB: 88,
  mac: 104,
} as const;

/** Length of the IPv6 header (RFC 8200 §3), in bytes. */
export const IPV6_HEADER_LENGTH = 40;
/** Next Header of ICMPv6. */
export const ICMPV6 = 58;
/** Hop limit of a probe; 64 like other packets from hosts. */
export const HOP_LIMIT = 64;
/** ICMPv6 types (RFC 4443 §4). */
export const ECHO_REQUEST = 128;
export const ECHO_REPLY = 129;
/** "N64P". */
export const MAGIC = 0x4e363450;
/** Direction, named after the receiver. */
export const TO_V4 = 4;
export const TO_V6 = 6;

/** 1 and 3 go to the IPv4 peer, 2 to the IPv6 peer. */
export type ProbeNumber = 1 | 2 | 3;

/** The direction in which the message of a number goes. */
export function directionOf(number: ProbeNumber): typeof TO_V4 | typeof TO_V6 {
  return number === 2 ? TO_V6 : TO_V4;
}
