import { set16, set32 } from "@nat64/rfc6052/bytes";
import { fold, negate } from "../packet/checksum.ts";
import { IPv4, IPv4Flag } from "../packet/ipv4.ts";

/** Writes an IPv4 header without options, including its checksum. `flagsAndOffset` is the raw field. */
export function writeIPv4Header(
  bytes: Uint8Array,
  at: number,
  typeOfService: number,
  totalLength: number,
  identification: number,
  flagsAndOffset: number,
  timeToLive: number,
  protocol: number,
  source: number,
  destination: number,
): void {
  const first = 0x4500 | typeOfService;
  const lifeAndProtocol = (timeToLive << 8) | protocol;
  const addresses = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
  set16(bytes, at, first);
  set16(bytes, at + IPv4.totalLength, totalLength);
  set16(bytes, at + IPv4.identification, identification);
  set16(bytes, at + IPv4.flagsAndOffset, flagsAndOffset);
  set16(bytes, at + IPv4.timeToLive, lifeAndProtocol);
  const sum = first + totalLength + identification + flagsAndOffset + lifeAndProtocol + addresses;
  set16(bytes, at + IPv4.checksum, negate(fold(sum)));
  set32(bytes, at + IPv4.source, source);
  set32(bytes, at + IPv4.destination, destination);
}

/** The flags-and-offset field of a fragment whose offset is in bytes. */
export function fragmentField(fragmentOffset: number, moreFragments: number): number {
  return (fragmentOffset >>> 3) | (moreFragments === 0 ? 0 : IPv4Flag.moreFragments);
}
