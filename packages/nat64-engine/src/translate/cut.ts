/**
 * Cuts an IPv6 packet into fragments (RFC 8200 §4.5), as RFC 7915 §4.1 requires for IPv4 packets that may be fragmented and are too
 * long for IPv6. The packet is a result of `fourToSix`: it has no extension headers, except possibly a Fragment header. Then it is
 * cut into smaller fragments of the same packet. A partial checksum must be completed first.
 */
import { get16, get32, set16 } from "@nat64/rfc6052/bytes";
import { FRAGMENT_HEADER, Fragment, FragmentFlag } from "../packet/fragment-header.ts";
import { ExtensionHeader, IPV6_HEADER, IPv6 } from "../packet/ipv6.ts";
import { writeFragmentHeader } from "./ipv6-header.ts";

/** Payload bytes of each fragment except the last: with both headers it fits `mtu` (at least 1280). */
export function fragmentPayload(mtu: number): number {
  return (mtu - IPV6_HEADER - FRAGMENT_HEADER) & ~7;
}

/** Payload bytes of the IPv6 packet at `offset` that its fragments have to carry. */
export function cuttablePayload(bytes: Uint8Array, offset: number, length: number): number {
  return length - IPV6_HEADER - (isFragment(bytes, offset) ? FRAGMENT_HEADER : 0);
}

/**
 * Writes one fragment of the IPv6 packet at `offset` into the free bytes at `at`. The caller starts with `position` 0
 * and adds {@link fragmentPayload} until {@link cuttablePayload} is reached.
 *
 * @param identification for the Fragment header, if the packet has none
 * @returns bytes of the fragment
 */
export function cutFragment(
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
  mtu: number,
  identification: number,
  at: number,
): number {
  const old = offset + IPV6_HEADER;
  const wasFragment = isFragment(bytes, offset);
  const payload = wasFragment ? old + FRAGMENT_HEADER : old;
  const left = offset + length - payload - position;
  const size = Math.min(left, fragmentPayload(mtu));
  const field = wasFragment ? get16(bytes, old + Fragment.offsetAndMore) : 0;
  const more = left > size ? 1 : field & FragmentFlag.moreFragments;
  bytes.copyWithin(at, offset, old);
  set16(bytes, at + IPv6.payloadLength, FRAGMENT_HEADER + size);
  bytes[at + IPv6.nextHeader] = ExtensionHeader.fragment;
  writeFragmentHeader(
    bytes,
    at + IPV6_HEADER,
    bytes[wasFragment ? old + Fragment.nextHeader : offset + IPv6.nextHeader],
    (field & FragmentFlag.offsetMask) + position,
    more,
    wasFragment ? get32(bytes, old + Fragment.identification) : identification,
  );
  const from = payload + position;
  bytes.copyWithin(at + IPV6_HEADER + FRAGMENT_HEADER, from, from + size);
  return IPV6_HEADER + FRAGMENT_HEADER + size;
}

function isFragment(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset + IPv6.nextHeader] === ExtensionHeader.fragment;
}
