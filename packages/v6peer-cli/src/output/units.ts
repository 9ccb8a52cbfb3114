/** Numbers as people read them. */

const DIGITS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** 1234567 → "1,234,567". */
export function formatCount(value: number): string {
  return DIGITS.format(value);
}

/** Bytes with a decimal unit: 1500 → "1.5 kB". */
export function formatBytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  let scaled = value;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return unit === 0 ? `${scaled} B` : `${scaled.toFixed(1)} ${units[unit]}`;
}

/** Bits per second with a decimal unit: 20000000 → "20 Mbit/s", 2500000 → "2.5 Mbit/s". */
export function formatBitRate(bitsPerSecond: number): string {
  const units = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bitsPerSecond)) / 3));
  return `${Number((bitsPerSecond / 1000 ** unit).toFixed(1))} ${units[unit]}`;
}
