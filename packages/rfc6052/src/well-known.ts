/** The two prefixes reserved for translation. Neither is assigned to an operator. */

/** The well-known prefix (RFC 6052 §2.1). It MUST NOT be used with non-global IPv4 addresses (§3.1). */
export const WELL_KNOWN_PREFIX = "64:ff9b::/96";

/**
 * The local-use block (RFC 8215). A network may use prefixes of any RFC 6052 length from it, and they may embed
 * non-global IPv4 addresses.
 */
export const LOCAL_USE_BLOCK = "64:ff9b:1::/48";

/** Whether an address given as words is in {@link WELL_KNOWN_PREFIX}. */
export function isInWellKnownPrefix(w0: number, w1: number, w2: number): boolean {
  return w0 === 0x0064ff9b && w1 === 0 && w2 === 0;
}

/** Whether an address given as words is in {@link LOCAL_USE_BLOCK}. */
export function isInLocalUseBlock(w0: number, w1: number): boolean {
  return w0 === 0x0064ff9b && w1 >>> 16 === 1;
}
