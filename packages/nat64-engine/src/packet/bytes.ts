/**
 * Big-endian access to packet bytes. Nothing here checks bounds: the caller has already established that the bytes are
 * there. 32-bit values are signed, so that V8 keeps them as small integers.
 */

/** Reads 16 bits: 0 … 65535. */
export function get16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** Writes the low 16 bits of `value`. */
export function set16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Reads 32 bits as a signed integer. */
export function get32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/** Writes 32 bits. */
export function set32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Reads an IPv6 address into four words. */
export function getAddress6(bytes: Uint8Array, at: number, words: Int32Array): void {
  words[0] = get32(bytes, at);
  words[1] = get32(bytes, at + 4);
  words[2] = get32(bytes, at + 8);
  words[3] = get32(bytes, at + 12);
}

/** Writes an IPv6 address from four words. */
export function setAddress6(bytes: Uint8Array, at: number, words: Int32Array): void {
  set32(bytes, at, words[0]);
  set32(bytes, at + 4, words[1]);
  set32(bytes, at + 8, words[2]);
  set32(bytes, at + 12, words[3]);
}
