import fc from "fast-check";
import { expect, it } from "vitest";
import { MAX_TIMERS_PER_CALL } from "../src/machine/inputs/deadline.ts";
import { TimerTable } from "../src/machine/timers/timer-table.ts";
import { testOptions, World } from "./support/machine.ts";

interface Subject {
  readonly id: number;
}

const subjects: readonly Subject[] = Array.from({ length: 20 }, (_, id) => ({ id }));
const makeTable = () => new TimerTable<{ readonly first: Subject; readonly second: Subject }>();

it("each timer is due once, in the order of time, at the time that it was last set to", () => {
  const step = fc.record({
    kind: fc.constantFrom<"first" | "second">("first", "second"),
    subject: fc.constantFrom(...subjects),
    at: fc.nat(100),
    isCancel: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const timers = makeTable();
      const expected = new Map<string, number>();
      for (const { kind, subject, at, isCancel } of steps) {
        if (isCancel) {
          timers.cancel(kind, subject);
          expected.delete(`${kind} ${subject.id}`);
        } else {
          timers.set(kind, subject, at);
          expected.set(`${kind} ${subject.id}`, at);
        }
        expect(timers.has(kind, subject)).toBe(!isCancel);
      }
      expect(timers.size).toBe(expected.size);
      expect(timers.next).toBe(Math.min(Number.POSITIVE_INFINITY, ...expected.values()));
      const fired: number[] = [];
      for (const now of [50, 100]) {
        for (let due = timers.takeDue(now); due !== undefined; due = timers.takeDue(now)) {
          const name = `${due.kind} ${due.subject.id}`;
          const at = expected.get(name) ?? Number.NaN;
          expect(at).toBeLessThanOrEqual(now);
          expected.delete(name);
          fired.push(at);
        }
        expect(timers.next).toBe(Math.min(Number.POSITIVE_INFINITY, ...expected.values()));
      }
      expect(fired).toEqual([...fired].sort((a, b) => a - b));
      expect([expected.size, timers.size]).toEqual([0, 0]);
    }),
  );
});

it("a timer that is moved over and over again takes no more memory", () => {
  const timers = makeTable();
  const [subject] = subjects;
  for (let at = 0; at < 100_000; at++) timers.set("first", subject, at);
  expect(timers.size).toBe(1);
  expect(timers.next).toBe(99_999);
  expect(timers.takeDue(99_998)).toBeUndefined();
  expect(timers.takeDue(99_999)).toEqual({ kind: "first", subject });
});

it("the machine handles a bounded number of timers per call, and the rest stays due", () => {
  const count = 3 * MAX_TIMERS_PER_CALL;
  const world = new World(testOptions({ connectionsPerAddress: count, strangersPerNetwork: count }));
  for (let i = 0; i < count; i++) world.connect();
  world.now = world.machine.nextDeadline();
  for (let left = count; left > 0; left -= MAX_TIMERS_PER_CALL) {
    expect([world.machine.status().connections, world.machine.nextDeadline()]).toEqual([left, world.now]);
    world.do((machine, now) => machine.advance(now));
  }
  expect(world.machine.status().connections).toBe(0);
  expect(world.machine.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});
