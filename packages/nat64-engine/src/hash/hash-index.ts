/**
 * Buckets of a hash index with chains for so many records: a power of two, about as many as records (from 0.7 to 1.4
 * times), so that a look-up meets one or two records.
 */
export function indexHeads(capacity: number): number {
  return 2 ** Math.max(4, Math.round(Math.log2(Math.max(capacity, 1))));
}
