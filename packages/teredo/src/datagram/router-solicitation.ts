/**
 * Router Solicitations (RFC 4861 §4.1) as Teredo clients send them (RFC 4380 §5.2.1): from a link-local address whose
 * interface identifier begins with the flags, to all routers, without options except padding.
 *
 *      0    8     40     41     42         44         48
 *      +----+-----+------+------+----------+----------+
 *      | IPv6 ... | 133  | 0    | checksum | reserved | options
 *      +----+-----+------+------+----------+----------+
 */
import { get16, set16 } from "@nat64/rfc6052/bytes";
import { sumOfIcmpv6 } from "./checksum.ts";
import {
  emitIPv6Header,
  ICMPV6,
  IPV6_DESTINATION,
  IPV6_HEADER,
  IPV6_HOP_LIMIT,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
  IPV6_SOURCE,
  isLinkLocal,
} from "./ipv6.ts";
import { checkOptions } from "./neighbor-options.ts";

/** ff02::2, all routers on the link (RFC 4291 §2.7.1). */
export const ALL_ROUTERS: Uint8Array = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);

/** Bytes of a solicitation without options, with its IPv6 header. */
export const SOLICITATION_LENGTH: number = IPV6_HEADER + 8;

const TYPE = 133;
const CHECKSUM = IPV6_HEADER + 2;
/** The receiver checks it to know that a neighbour sent the packet (RFC 4861 §6.1.1). */
const HOP_LIMIT = 255;

/** A neighbour discovery option without a meaning (RFC 4727, experimental); receivers ignore it (RFC 4861 §4.6). */
const PADDING_OPTION = 253;

/**
 * Creates a Router Solicitation.
 *
 * @param source a link-local address, 16 bytes
 * @param paddingBytes length of an option that only makes the packet longer; a multiple of 8, at most 2040
 */
export function makeRouterSolicitation(source: Uint8Array, paddingBytes = 0): Uint8Array {
  const out = new Uint8Array(SOLICITATION_LENGTH + paddingBytes);
  const length = out.length - IPV6_HEADER;
  emitIPv6Header(out, 0, length, ICMPV6, HOP_LIMIT, source, ALL_ROUTERS);
  out[IPV6_HEADER] = TYPE;
  if (paddingBytes > 0) {
    out[SOLICITATION_LENGTH] = PADDING_OPTION;
    out[SOLICITATION_LENGTH + 1] = paddingBytes >>> 3;
  }
  set16(out, CHECKSUM, ~sumOfIcmpv6(out, 0, length));
  return out;
}

/**
 * Whether the complete IPv6 packet at `at` is a valid Router Solicitation (RFC 4861 §6.1.1) of a Teredo client: from a
 * link-local address to all routers. Options are allowed and ignored.
 */
export function isRouterSolicitation(bytes: Uint8Array, at: number): boolean {
  const length = get16(bytes, at + IPV6_PAYLOAD_LENGTH);
  return (
    bytes[at + IPV6_NEXT_HEADER] === ICMPV6 &&
    length >= SOLICITATION_LENGTH - IPV6_HEADER &&
    bytes[at + IPV6_HEADER] === TYPE &&
    bytes[at + IPV6_HEADER + 1] === 0 &&
    bytes[at + IPV6_HOP_LIMIT] === HOP_LIMIT &&
    isLinkLocal(bytes, at + IPV6_SOURCE) &&
    ALL_ROUTERS.every((byte, i) => bytes[at + IPV6_DESTINATION + i] === byte) &&
    checkOptions(bytes, at + SOLICITATION_LENGTH, at + IPV6_HEADER + length) &&
    sumOfIcmpv6(bytes, at, length) === 0xffff
  );
}
