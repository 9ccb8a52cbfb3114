/** The six prefix lengths that RFC 6052 §2.2 allows, in bits. */
export const PREFIX_LENGTHS = [32, 40, 48, 56, 64, 96] as const;

/** One of the six prefix lengths of RFC 6052 §2.2. */
export type PrefixLength = (typeof PREFIX_LENGTHS)[number];

/** Whether `length` is one of the six. */
export function isPrefixLength(length: number): length is PrefixLength {
  return (PREFIX_LENGTHS as readonly number[]).includes(length);
}
