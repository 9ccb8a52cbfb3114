/** Judging what somebody else changed, without a host. */
import { describe, expect, it } from "vitest";
import { type HostProblem, Repairs, type Step } from "../src/host/index.ts";

const SECOND = 1000;

/** A change that somebody may undo, and that may refuse to come back. */
class Thing implements Step {
  readonly kind = "thing";
  readonly what = "have a thing";
  stands = true;
  refusal: string | undefined;
  tries = 0;
  readonly inspect = () => null;
  readonly apply = () => {};

  isIntact(): boolean {
    return this.stands;
  }

  mend(): void {
    this.tries++;
    if (this.refusal !== undefined) throw new Error(this.refusal);
    this.stands = true;
  }
}

function watch(...steps: readonly Step[]) {
  const told: string[] = [];
  const repairs = new Repairs(steps, {
    mended: (what) => told.push(`mended: ${what}`),
    troubled: ({ what, reason }: HostProblem) => told.push(`trouble: ${what}: ${reason}`),
    recovered: (what) => told.push(`well: ${what}`),
  });
  return { repairs, told };
}

describe("what was set up on the host", () => {
  it("is left alone while it stands", () => {
    const thing = new Thing();
    const { repairs, told } = watch(thing);
    for (let i = 0; i < 10; i++) repairs.look(i * SECOND);
    expect([thing.tries, told, repairs.health]).toEqual([0, [], { problems: [], mends: 0 }]);
  });

  it("is made again at once, and that is told and counted", () => {
    const thing = new Thing();
    const { repairs, told } = watch(thing);
    thing.stands = false;
    repairs.look(0);
    expect([thing.stands, told]).toEqual([true, ["mended: have a thing"]]);
    expect(repairs.health).toEqual({ problems: [], mends: 1 });
  });

  it("is a problem while it cannot be made again, tried less and less often, and told once", () => {
    const thing = new Thing();
    const { repairs, told } = watch(thing);
    thing.stands = false;
    thing.refusal = "no permission";
    for (let second = 0; second < 300; second++) repairs.look(second * SECOND);
    // 0, 1, 3, 7, 15, 31 s, and then once a minute.
    expect(thing.tries).toBe(10);
    expect(told).toEqual(["trouble: have a thing: no permission"]);
    expect(repairs.health.problems).toMatchObject([{ what: "have a thing", reason: "no permission" }]);
    thing.refusal = undefined;
    repairs.look(360 * SECOND);
    expect(told.slice(1)).toEqual(["mended: have a thing", "well: have a thing"]);
    expect(repairs.health).toEqual({ problems: [], mends: 1 });
  });

  it("is well again at once when the owner of the host puts it right", () => {
    const thing = new Thing();
    const { repairs } = watch(thing);
    thing.stands = false;
    thing.refusal = "no permission";
    repairs.look(0);
    thing.stands = true;
    repairs.look(10);
    expect(repairs.health.problems).toEqual([]);
  });

  it("is a problem when somebody undoes it again and again: that is told, and the fight slows down", () => {
    const thing = new Thing();
    const { repairs } = watch(thing);
    for (let half = 0; half < 1200; half++) {
      thing.stands = false;
      repairs.look(half * 500);
    }
    expect(thing.tries).toBeLessThan(25);
    expect(repairs.health.problems).toMatchObject([{ reason: "somebody on this host undoes it again and again" }]);
    thing.stands = true;
    repairs.look(3000 * SECOND);
    expect(repairs.health.problems).toEqual([]);
  });

  it("is a problem when nobody can tell, or when it comes back only in words", () => {
    const silent: Step = { ...step(), isIntact: () => raise("ip: not found"), mend: () => raise("ip: not found") };
    const liar: Step = { ...step(), isIntact: () => false, mend: () => {} };
    const { repairs } = watch(silent, liar);
    repairs.look(0);
    expect(repairs.health.problems.map(({ reason }) => reason)).toEqual([
      "ip: not found",
      "it was made again, and is not there",
    ]);
  });

  it("is told at once when nobody can make it again", () => {
    const { repairs } = watch({ ...step(), isIntact: () => false });
    repairs.look(0);
    expect(repairs.health.problems).toMatchObject([{ reason: "it is no longer as it was set up" }]);
  });
});

function step(): Step {
  return { kind: "thing", what: "have a thing", inspect: () => null, apply: () => {} };
}

function raise(message: string): never {
  throw new Error(message);
}
