import { peakMemory, residentMemory } from "../../traffic/usage.ts";
import { MB, type Probe, sum } from "./probe.ts";

/** Runs last, to see the memory that all other probes needed. */
export const memoryProbe: Probe = {
  name: "memory",
  title: "memory",
  run: async ({ translator: { carriers } }) => {
    if (carriers.length === 0) return {};
    const of = (read: (pid: number) => number): number => sum(carriers.map(({ pid }) => read(pid))) / MB;
    return { memory: of(residentMemory), "peak-memory": of(peakMemory) };
  },
};
