import fc from "fast-check";
import { expect, it } from "vitest";
import { EventQueue, type Scheduled } from "../src/time/event-queue.ts";

class Marker implements Scheduled {
  position = -1;
  readonly background = false;
  readonly label: number;
  constructor(label: number) {
    this.label = label;
  }
  run(): void {}
}

/** Each step schedules (or moves) or cancels one of twenty events. */
const steps = fc.array(
  fc.record({ event: fc.nat(19), time: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) }),
  { maxLength: 200 },
);

it("gives events out by time, and those of one time in the order in which they were scheduled", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new EventQueue();
      const events = Array.from({ length: 20 }, (_, label) => new Marker(label));
      let model: { label: number; time: number }[] = [];
      for (const { event, time } of list) {
        model = model.filter(({ label }) => label !== event);
        if (time === undefined) queue.cancel(events[event]);
        else {
          queue.schedule(events[event], time);
          model.push({ label: event, time });
        }
        expect(queue.size).toBe(model.length);
      }
      const expected = model.toSorted((one, other) => one.time - other.time);
      const taken = expected.map(() => ({ label: (queue.take() as Marker).label, time: queue.now }));
      expect(taken).toEqual(expected);
      expect(queue.size).toBe(0);
      expect(queue.foreground).toBe(0);
    }),
    { numRuns: 300, seed: 1 },
  );
});

it("never turns the clock back: a time that has passed means now", () => {
  const queue = new EventQueue();
  queue.schedule(new Marker(0), 10);
  queue.take();
  queue.schedule(new Marker(1), 5);
  queue.take();
  expect(queue.now).toBe(10);
});

it("refuses a time that is not a number", () => {
  expect(() => new EventQueue().schedule(new Marker(0), Number.NaN)).toThrow(RangeError);
});
