/** Whatever happens at the exits, some verdicts are impossible. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataLiveness } from "../../../src/exits/data/data-liveness.ts";
import { KeyedHash } from "../../../src/hash/keyed-hash.ts";

const EXITS = 3;
const RUNS = { numRuns: 60 };
const all = { takes: (exit: number) => exit < EXITS };

/** What happens at one time. A flow is answered 100 ms later, if it is. */
interface Step {
  readonly wait: number;
  readonly exit: number;
  readonly network: number;
  readonly remote: number;
  readonly protocol: number;
  readonly isAnswered: boolean;
}

const steps = (step: Partial<Record<keyof Step, fc.Arbitrary<number | boolean>>>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      wait: fc.nat(300),
      exit: fc.nat(EXITS - 1),
      network: fc.nat(1000),
      remote: fc.nat(20).map((net) => net << 12),
      protocol: fc.nat(1),
      isAnswered: fc.boolean(),
      ...step,
    }) as fc.Arbitrary<Step>,
    { minLength: 50, maxLength: 400 },
  );

/** Plays steps. @param check called after each judgement @returns the time after the last */
function play(data: DataLiveness, trace: readonly Step[], start: number, check: () => void): number {
  let time = start;
  const due: { at: number; step: Step }[] = [];
  for (const step of trace) {
    const { exit, protocol, network, remote } = step;
    time = (time + step.wait) | 0;
    while (due.length > 0 && ((time - due[0].at) | 0) >= 0) {
      const { step: old } = due.shift() as { step: Step };
      data.answered(old.exit, old.protocol, old.network, old.remote);
    }
    data.asked(exit, protocol, network, remote, time);
    if (step.isAnswered) due.push({ at: (time + 100) | 0, step });
    data.judge(time, all);
    check();
  }
  return time;
}

const suspects = (data: DataLiveness) => [0, 1, 2].filter((exit) => data.isSuspect(exit));
const anyStart = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe("DataLiveness", () => {
  it("an exit that answers every flow is never suspect, whatever the others do", () => {
    fc.assert(
      fc.property(steps({}), anyStart, (trace, start) => {
        const data = new DataLiveness(new KeyedHash(1, 2));
        const honest = trace.map((step) => (step.exit === 1 ? { ...step, isAnswered: true } : step));
        play(data, honest, start, () => expect(data.isSuspect(1)).toBe(false));
      }),
      RUNS,
    );
  });

  it("two client networks alone never make an exit suspect, whatever they send", () => {
    const few = steps({ network: fc.nat(1) });
    fc.assert(
      fc.property(few, anyStart, (trace, start) => {
        const data = new DataLiveness(new KeyedHash(1, 2));
        play(data, trace, start, () => expect(suspects(data)).toEqual([]));
      }),
      RUNS,
    );
  });

  it("an exit that answers nobody is suspect within four seconds, whatever the time is; it is not when a trial succeeds", () => {
    fc.assert(
      fc.property(anyStart, fc.nat(1), (start, protocol) => {
        const data = new DataLiveness(new KeyedHash(1, 2));
        const flow = (i: number, answers: boolean): Step => {
          const exit = i % EXITS;
          return {
            wait: 20,
            exit,
            network: i % 97,
            remote: (i % 13) << 12,
            protocol,
            isAnswered: exit !== 2 || answers,
          };
        };
        const flows = (count: number, answers: boolean) => Array.from({ length: count }, (_, i) => flow(i, answers));
        const then = play(data, flows(200, false), start, () => {});
        expect(suspects(data)).toEqual([2]);
        play(data, flows(1000, true), then, () => {});
        expect(suspects(data)).toEqual([]);
      }),
      RUNS,
    );
  });

  it("what happened a long time ago does not count when times wrap", () => {
    const data = new DataLiveness(new KeyedHash(1, 2));
    for (let network = 0; network < 40; network++) data.asked(1, 0, network, network << 12, 1000);
    data.judge(60_000, all);
    for (const later of [2 ** 30, -(2 ** 31), -(2 ** 30), -1, 5000]) {
      data.judge(later, all);
      expect(data.avoids(1, 0, 3, data.placeOf(3 << 12))).toBe(false);
    }
    expect(suspects(data)).toEqual([]);
  });
});
