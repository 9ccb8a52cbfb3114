import { describe, expect, it } from "vitest";
import { canUseTun, runScenario } from "./support/namespace.ts";

interface Report {
  readonly refused: Readonly<Record<string, [written: number, refused: number]>>;
  readonly kernelRefused: [written: number, errors: Record<string, number>];
  readonly wholeBatch: Readonly<Record<string, string>>;
  readonly detached: [written: number, counted: boolean];
}

describe.skipIf(!canUseTun)("batches that lie (needs root)", () => {
  it("skips and counts lying slots, refuses lying batches, and accounts for every packet", () => {
    const report = runScenario<Report>("lying-batches");
    expect(Object.keys(report.refused)).toHaveLength(14);
    for (const [lie, outcome] of Object.entries(report.refused)) expect([lie, ...outcome]).toEqual([lie, 2, 1]);
    expect(report.kernelRefused).toEqual([2, { EINVAL: 1 }]);
    for (const [lie, code] of Object.entries(report.wholeBatch))
      expect([lie, code]).toEqual([lie, "ERR_PACKET_IO_ARGUMENT"]);
    expect(report.detached).toEqual([0, true]);
  });
});
