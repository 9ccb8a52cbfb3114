import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TICK_MS, TimerWheel, timerWheelWords } from "../../../src/state/timers/timer-wheel.ts";

function createWheel(entries: number, now: number): { wheel: TimerWheel; expiry: Int32Array } {
  const expiry = new Int32Array(entries);
  return { wheel: new TimerWheel(new Int32Array(timerWheelWords(entries)), expiry, 1, 0, now | 0), expiry };
}

/** Takes out all that is due. */
function due(wheel: TimerWheel, now: number): number[] {
  const out = [];
  for (let entry = wheel.next(now | 0, 1e6); entry >= 0; entry = wheel.next(now | 0, 1e6)) out.push(entry);
  return out.sort((a, b) => a - b);
}

// Times near the wrap of int32, and lifetimes from nothing to beyond the wheel.
const start = fc.constantFrom(0, 1, 2 ** 31 - 5000, 2 ** 32 - 5000, 123_456_789);

describe("the timer wheel", () => {
  it("gives entries out never early and at most one tick late, whatever happens to them", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("set" as const),
        entry: fc.nat(9),
        lifetime: fc.oneof(fc.nat(5000), fc.nat(20_000_000)),
      }),
      fc.record({ kind: fc.constant("remove" as const), entry: fc.nat(9) }),
      fc.record({ kind: fc.constant("wait" as const), time: fc.oneof(fc.nat(3000), fc.nat(15_000_000)) }),
    );
    fc.assert(
      fc.property(start, fc.array(step, { maxLength: 60 }), (begin, steps) => {
        let now = begin;
        const { wheel, expiry } = createWheel(10, now);
        const model = new Map<number, number>();
        for (const s of steps) {
          if (s.kind === "set") {
            const before = model.get(s.entry);
            expiry[s.entry] = (now + s.lifetime) | 0;
            model.set(s.entry, now + s.lifetime);
            if (before === undefined) wheel.add(s.entry);
            else if (now + s.lifetime < before) wheel.shorten(s.entry);
          } else if (s.kind === "remove") {
            if (model.delete(s.entry)) wheel.remove(s.entry);
          } else {
            now += s.time;
            for (const entry of due(wheel, now)) {
              expect(model.get(entry)).toBeLessThanOrEqual(now);
              model.delete(entry);
            }
            for (const time of model.values()) expect(time).toBeGreaterThan(now - TICK_MS);
          }
          expect(wheel.count).toBe(model.size);
        }
      }),
    );
  });

  it("puts back a refreshed entry instead of giving it out", () => {
    const { wheel, expiry } = createWheel(1, 0);
    expiry[0] = 5000;
    wheel.add(0);
    expiry[0] = 100_000;
    expect(due(wheel, 10_000)).toEqual([]);
    expect(due(wheel, 102_000)).toEqual([0]);
  });

  it("does no more work in one call than its budget", () => {
    const { wheel, expiry } = createWheel(100, 0);
    for (let entry = 0; entry < 100; entry++) {
      expiry[entry] = 5000;
      wheel.add(entry);
      expiry[entry] = 100_000;
    }
    expect(wheel.next(10_000, 30)).toBe(-2);
    expect(wheel.next(10_000, 30)).toBe(-2);
    expect(wheel.next(10_000, 30)).toBe(-2);
    expect(wheel.next(10_000, 30)).toBe(-1);
    expect(due(wheel, 102_000).length).toBe(100);
  });

  it("waits when the clock goes back", () => {
    const { wheel, expiry } = createWheel(1, 50_000);
    expiry[0] = 60_000;
    wheel.add(0);
    expect(due(wheel, 1000)).toEqual([]);
    expect(due(wheel, 62_000)).toEqual([0]);
  });
});
