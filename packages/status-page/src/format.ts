/** Numbers as people read them. A value and its unit never part at the end of a line. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const MINUTE = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

const SPACE = "\u00a0";

/** 1234567 → "1,234,567". */
export function formatCount(value: number): string {
  return WHOLE.format(value);
}

/** What happens in a second: 0.125 → "0.125", 1234 → "1,230". */
export function formatRate(perSecond: number): string {
  return SHORT.format(perSecond);
}

/** 1500 → "1.5 kB". */
export function formatBytes(value: number): string {
  return scaled(value, ["B", "kB", "MB", "GB", "TB", "PB"]);
}

/** 2500000 → "2.5 Mbit/s". */
export function formatBitRate(bitsPerSecond: number): string {
  return scaled(bitsPerSecond, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"]);
}

/** 0.125 → "13 %". What is more than nothing is never shown as nothing. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? `<${SPACE}1${SPACE}%` : `${WHOLE.format(percent)}${SPACE}%`;
}

/** Milliseconds: 12.34 → "12.3 ms". */
export function formatMilliseconds(value: number): string {
  return `${SHORT.format(value)}${SPACE}ms`;
}

/** Seconds: 3900 → "1h 5m". */
export function formatDuration(seconds: number): string {
  const parts = [
    `${Math.floor(seconds / 86_400)}d`,
    `${Math.floor(seconds / 3600) % 24}h`,
    `${Math.floor(seconds / 60) % 60}m`,
    `${Math.floor(seconds) % 60}s`,
  ];
  const first = parts.findIndex((part) => !part.startsWith("0"));
  return first < 0 ? "0s" : parts.slice(first, first + 2).join(SPACE);
}

/** Milliseconds since 1970 as the time of day here: "21:03:05". */
export function formatTime(at: number): string {
  return TIME.format(at);
}

/** The same without seconds: "21:03". */
export function formatMinute(at: number): string {
  return MINUTE.format(at);
}

/** With the date: "23 Nov 2026, 21:03". */
export function formatDay(at: number): string {
  return DAY.format(at);
}

function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let scaled = value;
  // Not 1000: what rounds to that belongs to the next unit.
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${SHORT.format(scaled)}${SPACE}${units[unit]}`;
}
