import { type BulkOptions, bulk } from "../../traffic/bulk.ts";
import { machineCpuSeconds } from "../../traffic/usage.ts";
import { countCpu, cpuValues } from "./cpu.ts";
import { GB, type Probe } from "./probe.ts";

/** Bulk data over TCP, and what CPU a gigabyte of it costs. */
export function tcpProbe(streams: number, direction: BulkOptions["direction"]): Probe {
  const key = `tcp-${streams}-${direction}`;
  return {
    name: key,
    title: `TCP, streams: ${streams}, ${direction}`,
    run: async ({ client, server, translator }, seconds) => {
      const cpu = countCpu(translator);
      const machine = machineCpuSeconds();
      const result = await bulk({ client, server, target: translator.target, direction, streams, seconds });
      if (result.bytes === 0) throw new Error("no byte arrived");
      const gigabytes = result.bytes / GB;
      return {
        [key]: result.bitsPerSecond / 1e6,
        ...cpuValues(`${key}-cpu`, cpu(), gigabytes),
        [`${key}-machine-cpu`]: (machineCpuSeconds() - machine) / gigabytes,
      };
    },
  };
}
