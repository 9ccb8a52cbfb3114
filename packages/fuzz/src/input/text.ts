/** Text in inputs. */

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Bytes as UTF-8; what is not becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** UTF-8. */
export function bytesOfText(text: string): Uint8Array {
  return encoder.encode(text);
}
