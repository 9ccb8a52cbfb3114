import { connections } from "../../traffic/connections.ts";
import type { Probe } from "./probe.ts";

/** TCP connections, used for a byte each way, always `inFlight` at a time. */
export function connectionsProbe(inFlight: number): Probe {
  const key = `connections-${inFlight}`;
  return {
    name: key,
    title: `TCP connections, in flight: ${inFlight}`,
    run: async ({ client, server, translator: { target } }, seconds) => {
      const { perSecond, errors } = await connections(client, server, target, inFlight, seconds);
      if (errors > 0) throw new Error(`${errors} connections failed`);
      return { [key]: perSecond };
    },
  };
}
