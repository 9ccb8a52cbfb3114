/**
 * The 16 flag bits of a Teredo address: `CRAAAAUG AAAAAAAA` (RFC 4380 §4 with RFC 5991 §3).
 *
 * C: cone bit. R: reserved, written as zero and ignored when read. A: twelve random bits that make the address hard to
 * guess. U, G: universal and group bit of an interface identifier, always zero.
 */

/** The client believes that it is behind a cone NAT (RFC 4380 §4); RFC 5991 §3 deprecates it: read it, never send it. */
export const CONE_FLAG = 0x8000;

/** The universal and the group bit, which are zero in every valid address. */
export const UG_FLAGS = 0x0300;

/** Flags with the given twelve random bits (0 … 4095; higher bits are ignored) and all other bits zero. */
export function makeFlags(randomBits: number): number {
  return ((randomBits & 0xf00) << 2) | (randomBits & 0xff);
}

/** The twelve random bits, 0 … 4095. */
export function randomBits(flags: number): number {
  return ((flags >>> 2) & 0xf00) | (flags & 0xff);
}

/** Whether the cone bit is set. */
export function isCone(flags: number): boolean {
  return (flags & CONE_FLAG) !== 0;
}
