import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Hysteresis } from "../../src/commands/dns64/hysteresis.ts";

const RULES = { failures: 3, successes: 4, over: 60_000 };

/** Feeds one result every ten seconds; gives the standing after each. */
function standings(results: string, rules = RULES): string[] {
  const machine = new Hysteresis(rules);
  return [...results].map((each, index) => {
    machine.note(each === "+", index * 10_000);
    return machine.standing;
  });
}

describe("a prefix", () => {
  it("that nobody knows is in with its first good probe, and out after enough failures", () => {
    expect(standings("+")).toEqual(["in"]);
    expect(standings("--+")).toEqual(["unknown", "unknown", "in"]);
    expect(standings("---")).toEqual(["unknown", "unknown", "out"]);
  });

  it("leaves after three failures in a row, not before", () => {
    expect(standings("+--+--+---").at(-2)).toBe("in");
    expect(standings("+--+--+---").at(-1)).toBe("out");
  });

  it("comes back after enough successes that span enough time", () => {
    // The fourth success comes 30 s after the first: too early.
    expect(standings("---++++").at(-1)).toBe("out");
    expect(standings("---++++++").at(-1)).toBe("out");
    expect(standings("---+++++++").at(-1)).toBe("in");
    expect(standings("---++++", { ...RULES, over: 30_000 }).at(-1)).toBe("in");
  });

  it("that comes and goes stays out", () => {
    expect(
      standings(`---${"++-".repeat(30)}`)
        .slice(2)
        .every((each) => each === "out"),
    ).toBe(true);
  });

  it("that loses a probe now and then stays in", () => {
    expect(standings(`+${"-+--+".repeat(30)}`).every((each) => each === "in")).toBe(true);
  });

  it("is in doubt while it is unknown, and while it is in and fails", () => {
    const machine = new Hysteresis(RULES);
    expect(machine.isDoubtful).toBe(true);
    machine.note(true, 0);
    expect(machine.isDoubtful).toBe(false);
    machine.note(false, 1);
    expect(machine.isDoubtful).toBe(true);
  });

  it("changes its standing only with as many results against it in a row as the rules say", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (results) => {
        const machine = new Hysteresis(RULES);
        let run = 0;
        for (const [index, isGood] of results.entries()) {
          const before = machine.standing;
          run = index > 0 && results[index - 1] === isGood ? run + 1 : 1;
          const hasChanged = machine.note(isGood, index * 20_000);
          expect(hasChanged).toBe(machine.standing !== before);
          if (!hasChanged || before === "unknown") continue;
          expect(run).toBeGreaterThanOrEqual(isGood ? RULES.successes : RULES.failures);
        }
      }),
    );
  });
});
