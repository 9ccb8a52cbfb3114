/** Durations as systemd.time(7) has them: "1d", "2h 30min", "90"; a number without a unit is seconds. */

/** Seconds of each unit. A month is 30.44 days, a year 365.25. */
const UNITS: readonly (readonly [names: readonly string[], seconds: number])[] = [
  [["s", "sec", "second", "seconds"], 1],
  [["m", "min", "minute", "minutes"], 60],
  [["h", "hr", "hour", "hours"], 3600],
  [["d", "day", "days"], 86_400],
  [["w", "week", "weeks"], 604_800],
  [["M", "month", "months"], 2_630_016],
  [["y", "year", "years"], 31_557_600],
];

const PART = /\s*(\d{1,9}(?:\.\d{1,6})?)\s*([a-zA-Z]*)\s*/y;

/** Seconds of a duration, not rounded; `undefined` for text that is not one. */
export function parseDuration(text: string): number | undefined {
  if (text.trim() === "") return undefined;
  let seconds = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (part === null) return undefined;
    const unit = part[2] === "" ? 1 : UNITS.find(([names]) => names.includes(part[2]))?.[1];
    if (unit === undefined) return undefined;
    seconds += Number(part[1]) * unit;
  }
  return seconds;
}
