import { randomFillSync } from "node:crypto";

/** Words that are fetched from the system at once: one call costs more than 1024 words. */
const WORDS = 1024;

/**
 * Unsigned 32-bit numbers from the system's generator, for ports (RFC 6056) and hash keys. They cannot be predicted from
 * earlier ones.
 */
export function createRandom(): () => number {
  const words = new Uint32Array(WORDS);
  let next = WORDS;
  return () => {
    if (next === WORDS) {
      randomFillSync(words);
      next = 0;
    }
    return words[next++];
  };
}
