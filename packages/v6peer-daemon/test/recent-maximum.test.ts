import { expect, it } from "vitest";
import { RecentMaximum } from "../src/data-path/main-thread/recent-maximum.ts";

it("a peak stays for one to two windows however often it is read, and then goes", () => {
  const maximum = new RecentMaximum(60_000);
  expect(maximum.add(1, 0)).toBe(1);
  expect(maximum.add(9, 50_000)).toBe(9);
  for (let now = 50_000; now < 120_000; now += 2_000) expect(maximum.add(2, now)).toBe(9);
  expect(maximum.add(2, 120_000)).toBe(2);
});

it("a peak of long ago is no recent one even when nobody has read since", () => {
  const maximum = new RecentMaximum(60_000);
  maximum.add(9, 0);
  expect(maximum.add(1, 200_000)).toBe(1);
});
