/** The IPv6 header and its extension headers (RFC 8200 §3, §4). */
import { get16, get32, set16, set32 } from "@nat64/rfc6052/bytes";

/** Offsets of the fields in bytes. */
export const IPv6 = {
  versionClassFlow: 0,
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
} as const;

/** Bytes of an IPv6 header without extension headers. */
export const IPV6_HEADER = 40;

/** The minimum MTU of IPv6 links in bytes (RFC 8200 §5). */
export const IPV6_MIN_MTU = 1280;

/** Extension headers, and Next Header values that stand for none (IANA; RFC 8200 §4). */
export const ExtensionHeader = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  noNextHeader: 59,
  destinationOptions: 60,
} as const;

/** Offset of Segments Left in a routing header (RFC 8200 §4.4). */
export const SEGMENTS_LEFT = 3;

/** One complete extension header, as in the packet. */
export interface ExtensionHeaderRecord {
  /** Its type, from the Next Header field before it. */
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** An IPv6 header with its extension headers as a record. Addresses are four words. */
export interface IPv6Header {
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly payloadLength: number;
  readonly hopLimit: number;
  readonly source: readonly number[];
  readonly destination: readonly number[];
  /** In the order of the packet. */
  readonly extensionHeaders: readonly ExtensionHeaderRecord[];
  /** The upper-layer protocol, after the last header. */
  readonly protocol: number;
}

/** Parses the headers at `at`; undefined when they are incomplete. Other lengths are not checked. */
export function parseIPv6Header(bytes: Uint8Array, at = 0): IPv6Header | undefined {
  if (bytes[at] >>> 4 !== 6 || at + IPV6_HEADER > bytes.length) return undefined;
  const extensionHeaders: ExtensionHeaderRecord[] = [];
  let protocol = bytes[at + IPv6.nextHeader];
  let next = at + IPV6_HEADER;
  while (isExtensionHeader(protocol)) {
    const length = extensionHeaderLength(bytes, next, protocol);
    if (next + 8 > bytes.length || next + length > bytes.length) return undefined;
    extensionHeaders.push({ type: protocol, bytes: bytes.slice(next, next + length) });
    protocol = bytes[next];
    next += length;
  }
  const first = get32(bytes, at);
  return {
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    payloadLength: get16(bytes, at + IPv6.payloadLength),
    hopLimit: bytes[at + IPv6.hopLimit],
    source: wordsAt(bytes, at + IPv6.source),
    destination: wordsAt(bytes, at + IPv6.destination),
    extensionHeaders,
    protocol,
  };
}

/**
 * Writes the headers at `at` and returns their bytes. The mirror of {@link parseIPv6Header}: Next Header fields are
 * set from the types.
 */
export function emitIPv6Header(header: IPv6Header, bytes: Uint8Array, at = 0): number {
  set32(bytes, at, (6 << 28) | (header.trafficClass << 20) | header.flowLabel);
  set16(bytes, at + IPv6.payloadLength, header.payloadLength);
  bytes[at + IPv6.hopLimit] = header.hopLimit;
  for (let i = 0; i < 4; i++) {
    set32(bytes, at + IPv6.source + 4 * i, header.source[i]);
    set32(bytes, at + IPv6.destination + 4 * i, header.destination[i]);
  }
  let nextHeaderField = at + IPv6.nextHeader;
  let next = at + IPV6_HEADER;
  for (const extension of header.extensionHeaders) {
    bytes[nextHeaderField] = extension.type;
    bytes.set(extension.bytes, next);
    nextHeaderField = next;
    next += extension.bytes.length;
  }
  bytes[nextHeaderField] = header.protocol;
  return next - at;
}

/** Whether `type` is an extension header that a translator skips. */
export function isExtensionHeader(type: number): boolean {
  return (
    type === ExtensionHeader.hopByHop ||
    type === ExtensionHeader.routing ||
    type === ExtensionHeader.fragment ||
    type === ExtensionHeader.destinationOptions
  );
}

/** Bytes of the extension header at `at`; its second byte counts units of eight beyond the first (RFC 8200 §4.3). */
export function extensionHeaderLength(bytes: Uint8Array, at: number, type: number): number {
  return type === ExtensionHeader.fragment ? 8 : 8 + (bytes[at + 1] << 3);
}

function wordsAt(bytes: Uint8Array, at: number): number[] {
  return [get32(bytes, at), get32(bytes, at + 4), get32(bytes, at + 8), get32(bytes, at + 12)];
}
