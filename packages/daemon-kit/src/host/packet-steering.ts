import { readdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Bits of one group in the kernel's notation of processor masks. */
const GROUP = 32;

/**
 * Lets all processors take part in what the kernel does with packets that we write to a device (receive packet steering:
 * Linux `Documentation/networking/scaling.rst`). Otherwise the writing thread forwards each of them to the end of its
 * way before it may go on. It needs no undoing: it ends with the device. Where there is no such switch (one processor, a
 * read-only `/sys`, another kernel) nothing happens; returns whether something did.
 */
export function steerPackets(device: string, processors: number = availableParallelism()): boolean {
  if (processors < 2) return false;
  const queues = `/sys/class/net/${device}/queues`;
  try {
    const receiving = readdirSync(queues).filter((name) => name.startsWith("rx-"));
    for (const queue of receiving) writeFileSync(`${queues}/${queue}/rps_cpus`, processorMask(processors));
    return receiving.length > 0;
  } catch {
    return false;
  }
}

/** The first `count` processors: groups of eight hexadecimal digits, the highest first. */
export function processorMask(count: number): string {
  const groups: string[] = [];
  for (let left = count; left > 0; left -= GROUP) {
    const bits = Math.min(left, GROUP);
    groups.unshift((2 ** bits - 1).toString(16));
  }
  return groups.join(",");
}
