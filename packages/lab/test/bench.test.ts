import { describe, expect, it } from "vitest";
import { report } from "../src/bench/report.ts";
import { median, ratios, series } from "../src/bench/stats.ts";
import { table } from "../src/bench/table.ts";

describe("the statistics of a bench", () => {
  it("takes the middle value, or the mean of the two middle ones", () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([40, 10, 20, 30])).toBe(25);
    expect(median([])).toBeNull();
  });

  it("divides within each round before it takes the median", () => {
    const [values, base] = [series([10, 90, 5]), series([10, 100, 50])];
    expect(ratios(values, base)).toEqual({ median: 0.9, rounds: [1, 0.9, 0.1] });
  });

  it("leaves out a round in which either could not be measured", () => {
    expect(ratios(series([null, 4, 6]), series([2, 2, null]))).toEqual({ median: 2, rounds: [null, 2, null] });
    expect(ratios(series([1]), series([])).median).toBeNull();
  });
});

describe("the report of a bench", () => {
  const rounds = [
    { kernel: { "tcp-1-up": 1000 }, tayga: { "tcp-1-up": 750, "peak-memory": 3 } },
    { kernel: { "tcp-1-up": 2000 }, tayga: { "tcp-1-up": 500, "peak-memory": 4 } },
  ];

  it("holds medians, and ratios only to what the base has", () => {
    const { results, ratios } = report("local", "kernel", 1, rounds, []);
    expect(results.tayga["peak-memory"].median).toBe(3.5);
    expect(ratios).toEqual({ tayga: { "tcp-1-up": { median: 0.5, rounds: [0.75, 0.25] } } });
  });

  it("has no ratios when the base was not measured", () => {
    const { base, ratios } = report("local", "kernel", 1, [{ tayga: { "tcp-1-up": 100 } }], []);
    expect({ base, ratios }).toEqual({ base: null, ratios: {} });
  });

  it("shows each measured metric and each failure in its table", () => {
    const failure = { round: 1, translator: "tayga", probe: "UDP, 64 B", reason: "it ended" };
    const text = table(report("local", "kernel", 1, rounds, [failure]));
    expect(text).toMatch(/TCP, 1 stream, up \[Mbit\/s\] +1,500 +625 \(0\.500\)/);
    expect(text).toContain("FAILED in round 1: tayga, UDP, 64 B: it ended");
    expect(text).not.toContain("UDP, 1200 B");
  });
});
