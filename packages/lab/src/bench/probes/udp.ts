import { type BlastOptions, blast } from "../../traffic/datagrams.ts";
import type { Probe } from "./probe.ts";

/** One flow of datagrams with `size` bytes of payload, as fast as its sender can. */
export function udpProbe(size: number, direction: BlastOptions["direction"]): Probe {
  const key = `udp-${size}-${direction}`;
  return {
    name: key,
    title: `UDP, ${size} B, ${direction}`,
    run: async ({ client, server, translator: { target } }, seconds) => {
      const { receivedPerSecond, loss } = await blast({ client, server, target, direction, size, seconds });
      return { [key]: receivedPerSecond, [`${key}-loss`]: loss * 100 };
    },
  };
}
