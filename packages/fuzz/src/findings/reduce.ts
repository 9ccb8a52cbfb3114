/** Makes an input smaller while it keeps what makes it interesting. */

/** The most attempts at one input. */
const ATTEMPTS = 400;

/**
 * Removes blocks, then sets bytes to zero.
 *
 * @param keeps whether a smaller input still shows the same
 * @param attempts the most calls of `keeps`
 */
export function reduce(
  input: Uint8Array,
  keeps: (smaller: Uint8Array) => boolean,
  attempts: number = ATTEMPTS,
): Uint8Array {
  let best: Uint8Array = input.slice();
  let left = attempts;
  for (let block = best.length >> 1; block >= 1 && left > 0; block >>= 1) {
    for (let at = 0; at + block <= best.length && left > 0; left--) {
      const smaller = without(best, at, block);
      if (keeps(smaller)) best = smaller;
      else at += block;
    }
  }
  for (let at = 0; at < best.length && left > 0; at++) {
    if (best[at] === 0) continue;
    left--;
    const simpler = best.with(at, 0);
    if (keeps(simpler)) best = simpler;
  }
  return best;
}

function without(bytes: Uint8Array, at: number, count: number): Uint8Array {
  const result = new Uint8Array(bytes.length - count);
  result.set(bytes.subarray(0, at));
  result.set(bytes.subarray(at + count), at);
  return result;
}
