/**
 * The Teredo address (RFC 4380 §4), on bytes and as a plain record.
 *
 *      0        4        8     10     12       16
 *      +--------+--------+-----+------+--------+
 *      | 2001:0 | server |flags|~port |~address|
 *      +--------+--------+-----+------+--------+
 *
 * Port and address are those that the client's NAT maps it to ("mapped"). Every bit is inverted, so that no NAT
 * rewrites them on the way. IPv4 addresses are int32 words, most significant byte first.
 *
 * Nothing here checks bounds or throws: the caller makes sure that sixteen bytes exist at `offset`. Reading one field
 * allocates nothing; only {@link parseTeredoAddress} creates an object.
 */
import { get16, get32, set32 } from "@nat64/rfc6052/bytes";

/** Length of the address, in bytes. */
export const TEREDO_ADDRESS_LENGTH = 16;

/** 2001:0000::/32 (RFC 4380 §2.6) as a word. */
const TEREDO_PREFIX = 0x20010000;

/** Offsets of the fields, in bytes from the start of the address. */
const SERVER = 4;
const FLAGS = 8;
const MAPPED_PORT = 10;
const MAPPED_ADDRESS = 12;

/** The fields of a Teredo address, not inverted. */
export interface TeredoAddress {
  /** IPv4 address of the Teredo server, an int32 word. */
  readonly server: number;
  /** 16 bits; see `flags.ts`. */
  readonly flags: number;
  /** The client's mapped UDP port, 0 … 65535. */
  readonly mappedPort: number;
  /** The client's mapped IPv4 address, an int32 word. */
  readonly mappedAddress: number;
}

/** Whether an address is in 2001::/32. */
export function isTeredo(bytes: Uint8Array, offset: number): boolean {
  return get32(bytes, offset) === TEREDO_PREFIX;
}

/** IPv4 address of the Teredo server, an int32 word. */
export function readServer(bytes: Uint8Array, offset: number): number {
  return get32(bytes, offset + SERVER);
}

/** The 16 flag bits. */
export function readFlags(bytes: Uint8Array, offset: number): number {
  return get16(bytes, offset + FLAGS);
}

/** The client's mapped UDP port. */
export function readMappedPort(bytes: Uint8Array, offset: number): number {
  return ~get16(bytes, offset + MAPPED_PORT) & 0xffff;
}

/** The client's mapped IPv4 address, an int32 word. */
export function readMappedAddress(bytes: Uint8Array, offset: number): number {
  return ~get32(bytes, offset + MAPPED_ADDRESS);
}

/** The fields of the address at `offset`, or `undefined` if it is not in 2001::/32. */
export function parseTeredoAddress(bytes: Uint8Array, offset = 0): TeredoAddress | undefined {
  if (!isTeredo(bytes, offset)) return undefined;
  return {
    server: readServer(bytes, offset),
    flags: readFlags(bytes, offset),
    mappedPort: readMappedPort(bytes, offset),
    mappedAddress: readMappedAddress(bytes, offset),
  };
}

/** Writes the sixteen bytes of an address. Ignores bits that do not fit a field. */
export function emitTeredoAddress(address: TeredoAddress, out: Uint8Array, offset = 0): void {
  set32(out, offset, TEREDO_PREFIX);
  set32(out, offset + SERVER, address.server);
  set32(out, offset + FLAGS, (address.flags << 16) | (~address.mappedPort & 0xffff));
  set32(out, offset + MAPPED_ADDRESS, ~address.mappedAddress);
}
