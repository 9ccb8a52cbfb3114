import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { bulk } from "../src/index.ts";
import { reaches } from "./measured.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const LIMIT = 20_000_000;
const SECONDS = 4;
/** What the limit lets through at once after a pause, and a super-packet, in bits. */
const BURST = LIMIT / 4 + 8 * 65_536;
const FLOOD_PORT = "5300";

describe.skipIf(!isRoot).each(["builtin", "cone"] as const)("an IPv4 peer with bandwidth 20M, relay %s,", (relay) => {
  const path = usePeerPath({ relay, v4peers: [{ exit: 'internet = true\nbandwidth = "20M"' }] });

  const tcp = async (direction: "up" | "down"): Promise<number> => {
    const { client, server, serverNat64: target } = path.it;
    return 8 * (await bulk({ client, server, target, direction, streams: 1, seconds: SECONDS })).bytes;
  };

  /** Half of the limit in UDP for as long as `use` runs, in bursts of `burst`; resolves with the lost share, 0 to 1. */
  const besideFlood = async (burst: number, use: () => Promise<void>): Promise<number> => {
    const { client, server, serverNat64 } = path.it;
    const sink = await server.start(["iperf3", "--server", "--one-off", "--forceflush", "--port", FLOOD_PORT]);
    try {
      await sink.waitFor(/Server listening/);
      const rate = ["--bitrate", `${LIMIT / 2}/${burst}`, "--length", "1200", "--time", `${SECONDS + 3}`];
      const to = ["--client", serverNat64, "--port", FLOOD_PORT];
      const flood = client.run(["iperf3", ...to, "--udp", "--json", ...rate]);
      await sleep(1000);
      await use();
      const { end, error } = JSON.parse((await flood).stdout);
      if (error !== undefined) throw new Error(`iperf3: ${error}`);
      return end.sum.lost_percent / 100;
    } finally {
      await sink.stop();
    }
  };

  it.each(["up", "down"] as const)("gives TCP most of it and never more (%s)", async (direction) => {
    const bits = await reaches(0.7 * LIMIT * SECONDS, () => tcp(direction));
    expect(bits).toBeGreaterThan(0.7 * LIMIT * SECONDS);
    // The receiver counts for a little longer than the sender sends.
    expect(bits).toBeLessThan(LIMIT * (SECONDS + 1) + BURST);
  });

  it.each([1, 45])("gives TCP its part beside UDP in bursts of %i that takes half of it", async (burst) => {
    let loss = 1;
    const bits = await reaches(0.2 * LIMIT * SECONDS, async () => {
      let bits = 0;
      loss = await besideFlood(burst, async () => {
        bits = await tcp("up");
      });
      return bits;
    });
    expect(bits).toBeGreaterThan(0.2 * LIMIT * SECONDS);
    expect(loss).toBeLessThan(0.25);
  });
});
