import { setTimeout as sleep } from "node:timers/promises";
import { pingPong } from "../../traffic/datagrams.ts";
import { countCpu, cpuValues } from "./cpu.ts";
import type { Probe } from "./probe.ts";

/** Milliseconds after traffic in which a translator may still spin, write its log or collect garbage. */
const SETTLING = 1000;
/** The kernel reports CPU time in hundredths of a second, so shorter measurements would be too coarse. */
const MIN_SECONDS = 3;

/** The cost of a translator without traffic. Paths are kept alive as usual. */
export const idleProbe: Probe = {
  name: "idle",
  title: "idle after traffic",
  run: async ({ client, server, translator }, wanted) => {
    if (translator.carriers.length === 0) return {};
    await pingPong(client, server, translator.target, { count: 1000, seconds: 1 });
    await sleep(SETTLING);
    const cpu = countCpu(translator);
    const start = performance.now();
    await sleep(Math.max(wanted, MIN_SECONDS) * 1000);
    return cpuValues("idle-cpu", cpu(), (performance.now() - start) / 1000 / 100);
  },
};
