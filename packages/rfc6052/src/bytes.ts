/**
 * Big-endian access to bytes, for everything that reads and writes packets. Nothing here checks bounds: the caller
 * makes sure that the bytes exist. 32-bit values are signed, so that V8 keeps them as small integers; `>>> 0` gives the
 * unsigned value.
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
