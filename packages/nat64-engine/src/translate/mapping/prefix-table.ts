/** A prefix of one to four words. Bits behind `length` are zero. */
export interface TablePrefix {
  readonly words: readonly number[];
  readonly length: number;
}

/** All prefixes of one length: their words in order, for a binary search. */
interface Level {
  readonly masks: Int32Array;
  readonly words: Int32Array;
  /** Place of each prefix in the list the table was made from. */
  readonly places: Int32Array;
}

/** Longest prefix match: one binary search for each length that occurs, the longest first. */
export class PrefixTable {
  readonly #levels: readonly Level[];

  /** Throws a RangeError when a prefix occurs twice or has bits behind its length. */
  constructor(prefixes: readonly TablePrefix[]) {
    const byLength = new Map<number, number[]>();
    prefixes.forEach(({ length }, place) => {
      const places = byLength.get(length);
      if (places === undefined) byLength.set(length, [place]);
      else places.push(place);
    });
    const lengths = [...byLength.keys()].sort((a, b) => b - a);
    this.#levels = lengths.map((length) => makeLevel(prefixes, byLength.get(length) as number[], length));
  }

  /** The place of the longest prefix that covers the address, or -1. */
  find(address: Int32Array): number {
    const levels = this.#levels;
    for (let i = 0; i < levels.length; i++) {
      const found = search(levels[i], address);
      if (found >= 0) return found;
    }
    return -1;
  }
}

function makeLevel(prefixes: readonly TablePrefix[], places: readonly number[], length: number): Level {
  const size = prefixes[places[0]].words.length;
  const masks = Int32Array.from({ length: size }, (_, i) => maskOf(length - 32 * i));
  const sorted = [...places].sort((a, b) => compareWords(prefixes[a].words, prefixes[b].words));
  sorted.forEach((place, i) => {
    const words = prefixes[place].words;
    if (words.some((word, k) => (word & ~masks[k]) !== 0)) {
      throw new RangeError(`Prefix ${place} has bits set after the first ${length}.`);
    }
    if (i > 0 && compareWords(prefixes[sorted[i - 1]].words, words) === 0) {
      throw new RangeError(`Prefixes ${sorted[i - 1]} and ${place} are the same.`);
    }
  });
  const words = Int32Array.from(sorted.flatMap((place) => [...prefixes[place].words]));
  return { masks, words, places: Int32Array.from(sorted) };
}

function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : ~(-1 >>> bits);
}

function compareWords(one: readonly number[], other: readonly number[]): number {
  const i = one.findIndex((word, k) => (word | 0) !== (other[k] | 0));
  return i < 0 ? 0 : (one[i] | 0) - (other[i] | 0);
}

function search(level: Level, address: Int32Array): number {
  const { masks, words, places } = level;
  const size = masks.length;
  let low = 0;
  let high = places.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    let order = 0;
    for (let k = 0; k < size && order === 0; k++) {
      const wanted = address[k] & masks[k];
      const here = words[middle * size + k];
      order = wanted < here ? -1 : wanted > here ? 1 : 0;
    }
    if (order === 0) return places[middle];
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return -1;
}
