/** How long a packet to a host takes there and back, without the right to send pings. */
import { createSocket } from "node:dgram";

/** Milliseconds that one attempt waits, and attempts: the first one may have to find the way. */
const PATIENCE = 1_000;
const TRIES = 3;

/** A port that nobody listens on: the host refuses it with an ICMPv6 error, which a connected socket is told. */
const PORT = 33_433;

/** The least of a few, in milliseconds; `undefined` for a host that says nothing. */
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
      clearTimeout(patience);
      socket.removeAllListeners();
      socket.on("error", () => {});
      socket.close();
      resolve(time);
    };
    const patience = setTimeout(() => end(undefined), PATIENCE);
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
