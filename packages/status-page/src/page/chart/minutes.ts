import type { History } from "../../data/page-data.ts";

/** A minute, and its rows from one up to, but not, another. */
export interface Minute {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** The minutes of the history, the latest first. */
export function minutesOf({ at }: History): readonly Minute[] {
  const minutes: Minute[] = [];
  for (const [row, time] of at.entries()) {
    const minute = Math.floor(time / 60_000) * 60_000;
    const last = minutes[0];
    if (last?.at === minute) minutes[0] = { ...last, to: row + 1 };
    else minutes.unshift({ at: minute, from: row, to: row + 1 });
  }
  return minutes;
}
