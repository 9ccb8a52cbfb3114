import { describe, expect, test } from "vitest";
import { runSimulation } from "../src/sim/run.ts";
import { DEFAULTS } from "../src/sim/scenario/options.ts";

describe("a simulation", () => {
  test("of 10 IPv6 and 100 IPv4 peers, with every trouble and two coordinator restarts: every pair works", () => {
    const report = runSimulation({ ...DEFAULTS, seed: 7, v6: 10, v4: 100, hours: 0.25 });
    expect(report.faults).toEqual([]);
    expect(report.ok).toBe(true);
    // What makes the word of it worth something: things did go wrong, and traffic did flow.
    expect(report.pairs).toBe(100);
    expect(report.working).toBe(100);
    expect(report.troubles.restart).toBe(2);
    expect(report.troubles["nat-moved"]).toBeGreaterThan(0);
    expect(report.troubles["v4peer-crash"]).toBeGreaterThan(0);
    expect(report.answered).toBeGreaterThan(report.asked / 2);
  });
});
