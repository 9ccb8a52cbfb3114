import { describe, expect, it } from "vitest";
import { EventWindow, KeyedRateLimiter, RateLimiter } from "../src/limits/index.ts";

const KEY = [1, 2] as const;

/** Both limiters, the keyed one with one key. */
const limiters = (perSecond: number, burst?: number): readonly ((now: number) => boolean)[] => {
  const one = new RateLimiter(perSecond, burst);
  const keyed = new KeyedRateLimiter(perSecond, KEY, burst);
  return [(now) => one.allow(now), (now) => keyed.allow(7, 8, now)];
};

/** How many of `count` events at `now` pass. */
const countOf = (allow: (now: number) => boolean, count: number, now: number): number =>
  Array.from({ length: count }, () => allow(now)).filter((isAllowed) => isAllowed).length;

describe("both limiters", () => {
  it("let one event pass at a fractional rate, and the next one after the interval", () => {
    for (const allow of limiters(0.5)) {
      expect([0, 1, 1_999, 2_001, 2_002].map(allow)).toEqual([true, false, false, true, false]);
    }
  });

  it("let nothing pass at a rate of 0, whatever the burst", () => {
    for (const allow of [...limiters(0), ...limiters(0, 10)]) {
      expect([0, 1_000, 1_000_000].map(allow)).toEqual([false, false, false]);
    }
  });

  it("allow the events of a second at once by default, and keep the rate after that", () => {
    for (const allow of limiters(10)) {
      expect([countOf(allow, 20, 5_000), countOf(allow, 20, 5_300), countOf(allow, 20, 60_000)]).toEqual([10, 3, 10]);
    }
  });

  it("allow a burst above the rate, and refill it at the rate", () => {
    for (const allow of limiters(1, 16)) {
      expect([countOf(allow, 20, 0), countOf(allow, 20, 2_000), countOf(allow, 20, 100_000)]).toEqual([16, 2, 16]);
    }
  });

  it("gain nothing from time that goes backwards and forwards again", () => {
    for (const allow of limiters(1)) {
      expect([10_000, 0, 10_000, 5_000, 10_000, 11_000].map(allow)).toEqual([true, false, false, false, false, true]);
    }
  });
});

describe("the keyed limiter", () => {
  it("gives each key its own allowance: a flood of one leaves the others alone", () => {
    const limiter = new KeyedRateLimiter(2, KEY);
    expect(countOf((now) => limiter.allow(7, 8, now), 1_000, 0)).toBe(2);
    const others = Array.from({ length: 100 }, (_, port) => limiter.allow(9, port, 0));
    // One of them may share the group of the flood.
    expect(others.filter((isAllowed) => isAllowed).length).toBeGreaterThanOrEqual(99);
  });

  it("groups keys by the secret: those that share a group do not share it under another secret", () => {
    const groupOf = (secret: readonly [number, number]): readonly number[] => {
      const limiter = new KeyedRateLimiter(1, secret);
      limiter.allow(7, 8, 0);
      return Array.from({ length: 20_000 }, (_, port) => port).filter((port) => !limiter.allow(port, 0, port * 1e-9));
    };
    const [first, second] = [groupOf([1, 2]), groupOf([3, 4])];
    expect(first.length).toBeGreaterThan(0);
    expect(first).not.toEqual(second);
  });
});

describe("EventWindow", () => {
  it("lets at most so many events pass in any second, after a pause too", () => {
    const window = new EventWindow(10);
    const allow = (now: number) => window.allow(now);
    expect([countOf(allow, 20, 60_000), countOf(allow, 20, 60_500), countOf(allow, 20, 60_999)]).toEqual([10, 0, 0]);
    expect(countOf(allow, 20, 61_000)).toBe(10);
  });

  it("lets nothing pass with a limit of 0", () => {
    expect(new EventWindow(0).allow(5_000)).toBe(false);
  });
});
