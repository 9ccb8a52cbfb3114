import { setTimeout as sleep } from "node:timers/promises";
import { pingPong } from "../../traffic/datagrams.ts";
import { countCpu, cpuValues } from "./cpu.ts";
import type { Probe } from "./probe.ts";

/** Milliseconds after traffic in which a translator may still spin, write its log or collect garbage. */
const SETTLING = 1000;
/** CPU time is told in hundredths of a second: over less than three of them a few would look like much. */
const MIN_SECONDS = 3;

/** What a translator costs when nothing is to be carried any more. Paths are kept alive meanwhile, as ever. */
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
