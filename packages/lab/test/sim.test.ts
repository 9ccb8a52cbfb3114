/** The whole network in virtual time, small: the real machines of peers, relay and coordinator over simnet. */
import { describe, expect, test } from "vitest";
import { readOptions } from "../src/sim/command-line.ts";
import { runSimulation } from "../src/sim/run.ts";
import { DEFAULTS } from "../src/sim/scenario/options.ts";

describe("a simulation", () => {
  test("runs the same way with the same seed, and another way with another", () => {
    const options = { ...DEFAULTS, seed: 3, v6: 2, v4: 10, hours: 0.2, exits: 3 };
    const { hash, ok } = runSimulation(options);
    expect(ok).toBe(true);
    expect(runSimulation(options).hash).toBe(hash);
    expect(runSimulation({ ...options, seed: 4 }).hash).not.toBe(hash);
  });

  test("reports violated conditions, with the end of the trace", () => {
    const report = runSimulation({ ...DEFAULTS, seed: 5, v6: 1, v4: 2, hours: 0.2, exits: 2, loss: 1 });
    expect(report.ok).toBe(false);
    expect(report.faults).toContain("v6peer0 is not registered.");
    expect(report.trace.length).toBeGreaterThan(0);
  });
});

describe("the command line of the simulation", () => {
  test("has a default for everything", () => {
    expect(readOptions([])).toEqual({ ...DEFAULTS, json: false });
  });

  test.each([
    [["--v6", "0"], "--v6 wants a number from 1 to 1000"],
    [["--v4", "1.5"], "--v4 wants a whole number"],
    [["--hours", "0.01"], "--hours wants a number from"],
    [["--loss", "much"], "--loss wants a number from 0 to 0.2"],
    [["--seed", ""], "--seed wants a number"],
    [["--what"], "--what"],
  ])("refuses %j with a sentence", (args, sentence) => {
    expect(() => readOptions(args)).toThrow(sentence);
  });
});
