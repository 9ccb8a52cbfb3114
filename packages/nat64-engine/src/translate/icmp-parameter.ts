/** Translates MTUs and pointers of ICMP errors (RFC 7915 §4.2, §5.2). */
import { IPV6_MIN_MTU } from "../packet/ipv6.ts";

/** Difference in length between an IPv6 and an IPv4 header, in bytes. */
const HEADER_DIFFERENCE = 20;

/** The pointer has no translation: the error is dropped. */
export const NO_POINTER = -1;

/** Common MTUs, for routers that do not report theirs (RFC 1191 §7.1). */
export const PLATEAUS: readonly number[] = [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

/**
 * The MTU of a Packet Too Big made from Fragmentation Needed (RFC 7915 §4.2): never below 1280.
 *
 * @param mtu the MTU that the IPv4 router reports; 0 for routers without RFC 1191
 * @param innerLength Total Length of the packet that was too big
 */
export function packetTooBigMtu(mtu: number, innerLength: number, mtuIPv6: number, mtuIPv4: number): number {
  const told = mtu === 0 ? plateauBelow(innerLength) : mtu;
  return Math.max(IPV6_MIN_MTU, Math.min(told + HEADER_DIFFERENCE, mtuIPv6, mtuIPv4 + HEADER_DIFFERENCE));
}

/** The largest plateau below `length` that is at least 1280, or 1280 (RFC 7915 §4.2). */
function plateauBelow(length: number): number {
  for (let i = 0; i < PLATEAUS.length && PLATEAUS[i] >= IPV6_MIN_MTU; i++) {
    if (PLATEAUS[i] < length) return PLATEAUS[i];
  }
  return IPV6_MIN_MTU - HEADER_DIFFERENCE;
}

/**
 * The MTU of Fragmentation Needed made from a Packet Too Big (RFC 7915 §5.2). Every IPv6 path carries 1280 bytes
 * (RFC 8200 §5), so a lower value is ignored (RFC 8201 §4).
 *
 * @param mtu 32 bits, signed: a negative value is 2^31 or more
 */
export function fragmentationNeededMtu(mtu: number, mtuIPv6: number, mtuIPv4: number): number {
  const told = mtu < 0 ? mtuIPv6 : Math.max(mtu, IPV6_MIN_MTU);
  return Math.min(told - HEADER_DIFFERENCE, mtuIPv4, mtuIPv6 - HEADER_DIFFERENCE);
}

/**
 * The MTU of a Packet Too Big that returns to IPv6 in one step, as if it had been translated to IPv4 and back (RFC 6146 §3.8,
 * RFC 7757 §4): never below 1280, never more than the links carry.
 *
 * @param mtu 32 bits, signed: a negative value is 2^31 or more
 */
export function loopedMtu(mtu: number, mtuIPv6: number, mtuIPv4: number): number {
  return packetTooBigMtu(fragmentationNeededMtu(mtu, mtuIPv6, mtuIPv4), 0, mtuIPv6, mtuIPv4);
}

/** Pointers of ICMPv4 Parameter Problem, by byte of the IPv4 header (RFC 7915 §4.2, figure 3). */
const POINTER_TO_IPV6 = Int8Array.of(0, 1, 4, 4, -1, -1, -1, -1, 7, 6, -1, -1, 8, 8, 8, 8, 24, 24, 24, 24);

/** The pointer of an ICMPv6 Parameter Problem, or {@link NO_POINTER}. */
export function pointerToIPv6(pointer: number): number {
  return pointer < POINTER_TO_IPV6.length ? POINTER_TO_IPV6[pointer] : NO_POINTER;
}

/** The first eight bytes of the IPv6 header (RFC 7915 §5.2, figure 6); addresses follow. */
const POINTER_TO_IPV4 = Int8Array.of(0, 1, -1, -1, 2, 2, 9, 8);

/** The pointer of an ICMPv4 Parameter Problem, or {@link NO_POINTER}. `pointer` is 32 bits, signed. */
export function pointerToIPv4(pointer: number): number {
  if (pointer < 0 || pointer >= 40) return NO_POINTER;
  return pointer < POINTER_TO_IPV4.length ? POINTER_TO_IPV4[pointer] : pointer < 24 ? 12 : 16;
}
