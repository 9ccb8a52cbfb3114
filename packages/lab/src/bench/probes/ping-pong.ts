import { pingPong } from "../../traffic/datagrams.ts";
import type { Probe } from "./probe.ts";

/** Microseconds from the beginning of one paced exchange to that of the next. */
const PACE = 1000;

/**
 * One datagram there and back: as soon as the previous one is back, or paced, so that all processes sleep in between.
 */
export function pingPongProbe(key: "ping-pong" | "ping-pong-paced"): Probe {
  const paced = key === "ping-pong-paced";
  return {
    name: key,
    title: paced ? "UDP ping-pong, one per ms" : "UDP ping-pong, unpaced",
    run: async ({ client, server, translator: { target } }, seconds) => {
      const limits = { seconds, ...(paced && { interval: PACE }) };
      const { answered, p50us, p99us } = await pingPong(client, server, target, limits);
      if (answered === 0) throw new Error("no datagram came back");
      return { [`${key}-p50`]: p50us, [`${key}-p99`]: p99us };
    },
  };
}
