/** Mixing of 32-bit words, for hashes that need no secret. */

/** One step: takes a word into a hash. */
export function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b) ^ (product >>> 13);
}

/** The hash of a text, started with a word. */
export function hashText(text: string, start: number): number {
  let hash = mix(start | 0, text.length);
  for (let index = 0; index < text.length; index++) hash = mix(hash, text.charCodeAt(index));
  return hash;
}
