/**
 * Options of Neighbor Discovery (RFC 4861 §4.6): type, length in units of eight bytes, value.
 */

/** The unit of an option's length field, in bytes. */
export const OPTION_UNIT = 8;

/** Whether the bytes from `start` to `end` are valid options. None may have length zero (RFC 4861 §6.1.1, §6.1.2). */
export function checkOptions(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    if (end - at < OPTION_UNIT || bytes[at + 1] === 0) return false;
    at += bytes[at + 1] * OPTION_UNIT;
  }
  return at === end;
}
