import { expect, it } from "vitest";
import { RateLimiter } from "../../src/limits/rate-limiter.ts";

it("RFC 4443 §2.4 (f): lets a burst through, then the rate", () => {
  const limiter = new RateLimiter(10, 3);
  const at = (now: number): boolean => limiter.allow(now);
  expect([at(0), at(0), at(0), at(0)]).toEqual([true, true, true, false]);
  expect([at(99), at(100), at(100)]).toEqual([false, true, false]);
  expect([at(100_000), at(100_000), at(100_000), at(100_000)]).toEqual([true, true, true, false]);
});

it("gives nothing for a clock that goes back", () => {
  const limiter = new RateLimiter(1000, 1);
  expect(limiter.allow(5000)).toBe(true);
  expect(limiter.allow(0)).toBe(false);
  expect(limiter.allow(5001)).toBe(true);
});

it("with a burst of 0 lets nothing through", () => {
  expect(new RateLimiter(10, 0).allow(1)).toBe(false);
});
