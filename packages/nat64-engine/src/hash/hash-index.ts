/**
 * The number of buckets of a hash index with chains for `capacity` records: a power of two, 0.7 to 1.4 times the records, so
 * that a look-up meets one or two records.
 */
export function indexHeads(capacity: number): number {
  return 2 ** Math.max(4, Math.round(Math.log2(Math.max(capacity, 1))));
}

/**
 * Takes a record out of its chain in a hash index. The chains go through one word of the records; −1 ends them.
 *
 * @param heads the first record of each bucket @param bucket that of the record, which is in its chain
 * @param stride words of a record @param word which of them is the next record
 */
export function unlinkFromBucket(
  heads: Int32Array,
  bucket: number,
  records: Int32Array,
  stride: number,
  word: number,
  record: number,
): void {
  const next = records[record * stride + word];
  let before = heads[bucket];
  if (before === record) {
    heads[bucket] = next;
    return;
  }
  while (records[before * stride + word] !== record) before = records[before * stride + word];
  records[before * stride + word] = next;
}
