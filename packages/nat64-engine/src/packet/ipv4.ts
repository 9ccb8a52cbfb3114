/** The IPv4 header (RFC 791 §3.1). */
import { get16, get32, set16, set32 } from "@nat64/rfc6052/bytes";

/** Offsets of the fields in bytes. */
export const IPv4 = {
  versionAndLength: 0,
  typeOfService: 1,
  totalLength: 2,
  identification: 4,
  flagsAndOffset: 6,
  timeToLive: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  options: 20,
} as const;

/** Bytes of an IPv4 header without options. */
export const IPV4_HEADER = 20;

/** Bits of the flags-and-offset field. The lower 13 bits count units of eight bytes. */
export const IPv4Flag = { dontFragment: 0x4000, moreFragments: 0x2000, offsetMask: 0x1fff } as const;

/** Option types that mean something to a translator (RFC 791 §3.1). */
export const IPv4Option = { endOfList: 0, noOperation: 1, looseSourceRoute: 131, strictSourceRoute: 137 } as const;

/** An IPv4 header as a record. Addresses are words; lengths and offsets are in bytes. */
export interface IPv4Header {
  readonly typeOfService: number;
  readonly totalLength: number;
  readonly identification: number;
  /** The three flag bits: reserved (4), DF (2), MF (1). */
  readonly flags: number;
  readonly fragmentOffset: number;
  readonly timeToLive: number;
  readonly protocol: number;
  /** As it stands in the packet, right or wrong. */
  readonly checksum: number;
  readonly source: number;
  readonly destination: number;
  /** Options with their padding, a multiple of four bytes. */
  readonly options: Uint8Array;
}

/** Parses the header at `at`; undefined when it is not a whole IPv4 header. Lengths beyond it are not looked at. */
export function parseIPv4Header(bytes: Uint8Array, at = 0): IPv4Header | undefined {
  const first = bytes[at];
  const length = (first & 0x0f) << 2;
  if (first >>> 4 !== 4 || length < IPV4_HEADER || at + length > bytes.length) return undefined;
  const flagsAndOffset = get16(bytes, at + IPv4.flagsAndOffset);
  return {
    typeOfService: bytes[at + IPv4.typeOfService],
    totalLength: get16(bytes, at + IPv4.totalLength),
    identification: get16(bytes, at + IPv4.identification),
    flags: flagsAndOffset >>> 13,
    fragmentOffset: (flagsAndOffset & IPv4Flag.offsetMask) << 3,
    timeToLive: bytes[at + IPv4.timeToLive],
    protocol: bytes[at + IPv4.protocol],
    checksum: get16(bytes, at + IPv4.checksum),
    source: get32(bytes, at + IPv4.source),
    destination: get32(bytes, at + IPv4.destination),
    options: bytes.slice(at + IPv4.options, at + length),
  };
}

/** Writes the header at `at` and returns its bytes. The mirror of {@link parseIPv4Header}. */
export function emitIPv4Header(header: IPv4Header, bytes: Uint8Array, at = 0): number {
  const length = IPV4_HEADER + header.options.length;
  bytes[at] = 0x40 | (length >>> 2);
  bytes[at + IPv4.typeOfService] = header.typeOfService;
  set16(bytes, at + IPv4.totalLength, header.totalLength);
  set16(bytes, at + IPv4.identification, header.identification);
  set16(bytes, at + IPv4.flagsAndOffset, (header.flags << 13) | (header.fragmentOffset >>> 3));
  bytes[at + IPv4.timeToLive] = header.timeToLive;
  bytes[at + IPv4.protocol] = header.protocol;
  set16(bytes, at + IPv4.checksum, header.checksum);
  set32(bytes, at + IPv4.source, header.source);
  set32(bytes, at + IPv4.destination, header.destination);
  bytes.set(header.options, at + IPv4.options);
  return length;
}
