/** The IPv6 Fragment header (RFC 8200 §4.5). */
import { get16, get32, set16, set32 } from "@nat64/rfc6052/bytes";

/** Offsets of the fields in bytes. */
export const Fragment = { nextHeader: 0, reserved: 1, offsetAndMore: 2, identification: 4 } as const;

/** Bytes of a Fragment header. */
export const FRAGMENT_HEADER = 8;

/** Bits of the offset-and-more field. Offsets are multiples of eight, so the masked field is in bytes. */
export const FragmentFlag = { offsetMask: 0xfff8, reservedMask: 0x0006, moreFragments: 0x0001 } as const;

/** A Fragment header as a record. */
export interface FragmentHeader {
  readonly nextHeader: number;
  /** The reserved byte, and the two reserved bits, both ignored by receivers. */
  readonly reserved: number;
  readonly reservedBits: number;
  /** In bytes, a multiple of eight. */
  readonly offset: number;
  readonly moreFragments: boolean;
  /** 32 bits, signed. */
  readonly identification: number;
}

/** Parses the header at `at`; undefined when it is incomplete. */
export function parseFragmentHeader(bytes: Uint8Array, at = 0): FragmentHeader | undefined {
  if (at + FRAGMENT_HEADER > bytes.length) return undefined;
  const offsetAndMore = get16(bytes, at + Fragment.offsetAndMore);
  return {
    nextHeader: bytes[at + Fragment.nextHeader],
    reserved: bytes[at + Fragment.reserved],
    reservedBits: (offsetAndMore & FragmentFlag.reservedMask) >>> 1,
    offset: offsetAndMore & FragmentFlag.offsetMask,
    moreFragments: (offsetAndMore & FragmentFlag.moreFragments) !== 0,
    identification: get32(bytes, at + Fragment.identification),
  };
}

/** Writes the header at `at` and returns its bytes. The mirror of {@link parseFragmentHeader}. */
export function emitFragmentHeader(header: FragmentHeader, bytes: Uint8Array, at = 0): number {
  bytes[at + Fragment.nextHeader] = header.nextHeader;
  bytes[at + Fragment.reserved] = header.reserved;
  const more = header.moreFragments ? FragmentFlag.moreFragments : 0;
  set16(bytes, at + Fragment.offsetAndMore, header.offset | (header.reservedBits << 1) | more);
  set32(bytes, at + Fragment.identification, header.identification);
  return FRAGMENT_HEADER;
}
