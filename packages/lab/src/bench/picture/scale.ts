/** Maps a ratio to a position in the picture. */
export interface Scale {
  /** The largest ratio shown; longer bars are cut. */
  readonly end: number;
  /** Ratios with a line and a number. */
  readonly marks: readonly number[];
  x(ratio: number): number;
}

/** The scale must show slightly more than one. Above two, a bar adds nothing to its number. */
const [LEAST, MOST, STEP] = [1.25, 2, 0.25];

/** A scale from `left` to `right` on which these ratios can be shown. */
export function scaleFor(ratios: readonly number[], left: number, right: number): Scale {
  const end = Math.min(MOST, Math.max(LEAST, Math.ceil(Math.max(...ratios) / STEP) * STEP));
  return {
    end,
    marks: Array.from({ length: end / STEP + 1 }, (_, i) => i * STEP),
    x: (ratio) => Math.round((left + ((right - left) * Math.min(ratio, end)) / end) * 10) / 10,
  };
}
