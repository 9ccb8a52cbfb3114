/** The round-trip time to a host, measured without the right to send pings. */
import { createSocket } from "node:dgram";

/** Milliseconds for one attempt, and attempts: the first one may need neighbour discovery. */
const TIMEOUT_MS = 1_000;
const TRIES = 3;

/** A closed port: the host answers with an ICMPv6 error, which a connected socket reports. */
const PORT = 33_433;

/** The minimum of a few measurements, in milliseconds; `undefined` if the host does not answer. */
export async function roundTrip(address: string): Promise<number | undefined> {
  const times: number[] = [];
  for (let tries = 0; tries < TRIES; tries++) {
    const time = await once(address);
    if (time === undefined) break;
    times.push(time);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

function once(address: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp6");
    const end = (time: number | undefined) => {
      clearTimeout(timeout);
      socket.removeAllListeners();
      socket.on("error", () => {});
      socket.close();
      resolve(time);
    };
    const timeout = setTimeout(() => end(undefined), TIMEOUT_MS);
    let sent = 0;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      end(error.code === "ECONNREFUSED" ? performance.now() - sent : undefined);
    });
    socket.connect(PORT, address, () => {
      sent = performance.now();
      socket.send(new Uint8Array(8));
    });
  });
}
