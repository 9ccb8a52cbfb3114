/** The smallest set of inputs, as far as a greedy search finds it, that reaches what all of them reach. */

/** An input and what it reaches. */
export interface Reach {
  readonly input: Uint8Array;
  readonly features: Uint32Array;
}

/** Short inputs come first; one is kept if it reaches something that the kept ones do not. */
export function minimize(all: readonly Reach[]): Uint8Array[] {
  const reached = new Set<number>();
  const sorted = [...all].sort((a, b) => a.input.length - b.input.length || Buffer.compare(a.input, b.input));
  return sorted.flatMap(({ input, features }) => {
    const before = reached.size;
    for (const feature of features) reached.add(feature);
    return reached.size > before ? [input] : [];
  });
}
