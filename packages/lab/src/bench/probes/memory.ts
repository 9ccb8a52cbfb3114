import { peakMemory, residentMemory } from "../../traffic/usage.ts";
import { MB, type Probe, sum } from "./probe.ts";

/** Comes last: it sees the memory that all the others needed. */
export const memoryProbe: Probe = {
  name: "memory",
  title: "memory",
  run: async ({ translator: { carriers } }) => {
    if (carriers.length === 0) return {};
    const of = (read: (pid: number) => number): number => sum(carriers.map(({ pid }) => read(pid))) / MB;
    return { memory: of(residentMemory), "peak-memory": of(peakMemory) };
  },
};
