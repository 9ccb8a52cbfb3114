import { writeFileSync } from "node:fs";
import type { Lab } from "../netns/lab.ts";

/** As `nice -n -15`; 15 of these levels are a factor of about 28 in CPU time. */
const LEVEL = "-15";

/**
 * Gives all programs of a lab precedence over the machine's other programs, so that these do not count against the
 * translator. Each program of a lab has a session of its own, and Linux divides the CPU between sessions (sched(7), "The
 * autogroup feature"): `nice` alone has no effect. Does nothing where autogroups are off.
 */
export async function takePrecedence({ hosts }: Lab): Promise<void> {
  for (const host of hosts.values()) {
    const pids = (await host.run(["ip", "netns", "pids", host.namespace])).stdout
      .split("\n")
      .filter((pid) => pid !== "");
    for (const pid of pids) {
      try {
        writeFileSync(`/proc/${pid}/autogroup`, LEVEL);
      } catch {
        // It has ended, or there are no autogroups.
      }
    }
  }
}
