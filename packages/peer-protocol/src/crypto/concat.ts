/** Builds the bytes that are signed or hashed. */
import { encodeUtf8 } from "../text/utf8.ts";

/**
 * The labels at the start of all signed or hashed bytes, so that bytes of one kind cannot pass as another. The zero at
 * the end ensures that no label is a prefix of another.
 */
export function label(name: string): Uint8Array {
  return encodeUtf8(`nat64-peer/1 ${name}\0`);
}

/** Concatenates all parts. A number is one byte. */
export function concat(...parts: readonly (Uint8Array | number)[]): Uint8Array {
  const length = parts.reduce<number>((sum, part) => sum + (typeof part === "number" ? 1 : part.length), 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part === "number") {
      bytes[at++] = part;
    } else {
      bytes.set(part, at);
      at += part.length;
    }
  }
  return bytes;
}

/** Encodes 16 bits, most significant byte first. */
export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}
