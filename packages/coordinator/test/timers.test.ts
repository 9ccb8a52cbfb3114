import fc from "fast-check";
import { expect, it } from "vitest";
import { MOST_FIRED, Timers } from "../src/machine/timers.ts";

it("fires each name once, in the order of time, at the time that it was set to last", () => {
  const steps = fc.array(fc.record({ name: fc.nat(20), at: fc.nat(100), isCancel: fc.boolean() }), { maxLength: 300 });
  fc.assert(
    fc.property(steps, (all) => {
      const timers = new Timers();
      const expected = new Map<string, number>();
      const fired: [string, number][] = [];
      for (const { name, at, isCancel } of all) {
        if (isCancel) {
          timers.cancel(`${name}`);
          expected.delete(`${name}`);
        } else {
          timers.set(`${name}`, at, () => fired.push([`${name}`, at]));
          expected.set(`${name}`, at);
        }
      }
      expect(timers.size).toBe(expected.size);
      expect(timers.next).toBe(Math.min(Number.POSITIVE_INFINITY, ...expected.values()));
      timers.fire(50);
      expect(fired.every(([, at]) => at <= 50)).toBe(true);
      while (timers.next <= 100) timers.fire(100);
      expect(fired.map(([, at]) => at)).toEqual(fired.map(([, at]) => at).sort((a, b) => a - b));
      expect(new Map(fired)).toEqual(expected);
      expect(fired).toHaveLength(expected.size);
      expect(timers.size).toBe(0);
    }),
  );
});

it("keeps no more than twice what waits, however often it is set anew", () => {
  const timers = new Timers();
  for (let at = 0; at < 100_000; at++) timers.set("same", at, () => {});
  expect(timers.size).toBe(1);
  expect(timers.next).toBe(99_999);
});

it("fires a bounded number at a time, and the rest is due still", () => {
  const timers = new Timers();
  const fired: number[] = [];
  for (let i = 0; i < 3 * MOST_FIRED; i++) timers.set(`${i}`, i, () => fired.push(i));
  timers.fire(1000);
  expect([fired.length, timers.next]).toEqual([MOST_FIRED, MOST_FIRED]);
  timers.fire(1000);
  timers.fire(1000);
  expect(fired).toEqual(Array.from({ length: 3 * MOST_FIRED }, (_, i) => i));
});
