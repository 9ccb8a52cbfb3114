import { expect, it } from "vitest";
import * as format from "../src/format.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

it.each([
  [0, "0 bit/s"],
  [999, "999 bit/s"],
  [999.6, "1 kbit/s"],
  [1000, "1 kbit/s"],
  [2_500_000, "2.5 Mbit/s"],
  [999_700, "1 Mbit/s"],
  [12_345_678_900, "12.3 Gbit/s"],
])("%d bits in a second are %s", (value, text) => {
  expect(plain(format.formatBitRate(value))).toBe(text);
});

it.each([
  [0, "0s"],
  [59.9, "59s"],
  [3600, "1h 0m"],
  [90_061, "1d 1h"],
])("%d seconds are %s", (seconds, text) => {
  expect(plain(format.formatDuration(seconds))).toBe(text);
});

it.each([
  [0, "0 %"],
  [0.001, "< 1 %"],
  [0.125, "13 %"],
  [1, "100 %"],
])("a share of %d is %s", (share, text) => {
  expect(plain(format.formatPercent(share))).toBe(text);
});

it("keeps a value and its unit on one line", () => {
  expect(format.formatBytes(1500)).toBe("1.5\u00a0kB");
  expect(format.formatMilliseconds(12.345)).toBe("12.3\u00a0ms");
});
