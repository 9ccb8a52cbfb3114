import { expect, it } from "vitest";
import { KeyedRateLimiter } from "../src/tables/keyed-rate-limiter.ts";
import { RateLimiter } from "../src/tables/rate-limiter.ts";

const limiters = (perSecond: number): readonly ((now: number) => boolean)[] => {
  const one = new RateLimiter(perSecond);
  const keyed = new KeyedRateLimiter(perSecond, [1, 2]);
  return [(now) => one.allow(now), (now) => keyed.allow(7, 8, now)];
};

it("a fractional rate lets one event pass, and the next one after the interval", () => {
  for (const allow of limiters(0.5)) {
    expect([0, 1, 1_999, 2_001, 2_002].map(allow)).toEqual([true, false, false, true, false]);
  }
});

it("a rate of 0 lets nothing pass", () => {
  for (const allow of limiters(0)) expect([0, 1_000, 1_000_000].map(allow)).toEqual([false, false, false]);
});
