import { set16, set32 } from "@nat64/rfc6052/bytes";
import { Fragment } from "../packet/fragment-header.ts";
import { IPv6 } from "../packet/ipv6.ts";
import { setAddress6 } from "../packet/ipv6-address.ts";

/** Writes an IPv6 header with flow label 0 (RFC 7915 §4.1). */
export function writeIPv6Header(
  bytes: Uint8Array,
  at: number,
  trafficClass: number,
  payloadLength: number,
  nextHeader: number,
  hopLimit: number,
  source: Int32Array,
  destination: Int32Array,
): void {
  set32(bytes, at, (6 << 28) | (trafficClass << 20));
  set16(bytes, at + IPv6.payloadLength, payloadLength);
  bytes[at + IPv6.nextHeader] = nextHeader;
  bytes[at + IPv6.hopLimit] = hopLimit;
  setAddress6(bytes, at + IPv6.source, source);
  setAddress6(bytes, at + IPv6.destination, destination);
}

/** Writes a Fragment header; `fragmentOffset` is in bytes, a multiple of eight. */
export function writeFragmentHeader(
  bytes: Uint8Array,
  at: number,
  nextHeader: number,
  fragmentOffset: number,
  moreFragments: number,
  identification: number,
): void {
  bytes[at + Fragment.nextHeader] = nextHeader;
  bytes[at + Fragment.reserved] = 0;
  set16(bytes, at + Fragment.offsetAndMore, fragmentOffset | moreFragments);
  set32(bytes, at + Fragment.identification, identification);
}
