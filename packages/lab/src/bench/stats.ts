/** The middle value, or the mean of the two middle ones; `null` of none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** A metric over all rounds. A round in which it could not be measured holds `null`. */
export interface Series {
  readonly median: number | null;
  readonly rounds: readonly (number | null)[];
}

/** Puts the rounds of a metric together. */
export function series(rounds: readonly (number | null)[]): Series {
  return { median: median(rounds.filter((value) => value !== null)), rounds };
}

/** Each round's value divided by the base's value of the same round, then the median of these ratios. */
export function ratios(values: Series, base: Series): Series {
  return series(
    values.rounds.map((value, i) => {
      const other = base.rounds[i] ?? null;
      return value === null || other === null || other === 0 ? null : value / other;
    }),
  );
}
