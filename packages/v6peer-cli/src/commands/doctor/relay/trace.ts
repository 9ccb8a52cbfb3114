/**
 * The way to a Teredo address: datagrams with growing hop limits, and who says Time Exceeded. The last one that does is the
 * relay: behind it begins IPv4. Several flows show whether one Teredo address is spread over several relays.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Watch } from "../packet-watch.ts";

/** Flows, each from a port of its own, and how far they go. */
const FLOWS = 6;
const HOPS = 12;

/** Milliseconds for the answers to one round, and rounds: routers answer only so many at a time. */
const ROUND = 700;
const ROUNDS = 2;

/** As traceroute has it: nobody listens there. */
const PORT = 33_434;

/** Of each flow, by hop limit from 1 on, who answered; `undefined` where nobody did. */
export type Trace = readonly (readonly (string | undefined)[])[];

/** Follows some flows. Needs CAP_NET_ADMIN; throws a `ToolError` for what this host refuses. */
export async function traceTo(address: string): Promise<Trace> {
  const sockets: Socket[] = [];
  let watch: Watch | undefined;
  try {
    for (let flow = 0; flow < FLOWS; flow++) sockets.push(await open());
    watch = new Watch(sockets.flatMap((socket) => sightsOf(socket.address().port)));
    for (let round = 0; round < ROUNDS; round++) {
      for (const socket of sockets) await sendAll(socket, address);
      await sleep(ROUND);
    }
    const seen = watch.read();
    return sockets.map((socket) => hops().map((hop) => seen.get(nameOf(socket.address().port, hop))?.sources[0]));
  } finally {
    for (const socket of sockets) socket.close();
    watch?.close();
  }
}

function hops(): readonly number[] {
  return Array.from({ length: HOPS }, (_, i) => i + 1);
}

function nameOf(port: number, hop: number): string {
  return `p${port}h${hop}`;
}

/** An error quotes our datagram (RFC 4443 §3.3): its source port tells the flow, its length (UDP header included) the hop limit. */
function sightsOf(port: number) {
  return hops().map((hop) => ({
    name: nameOf(port, hop),
    when: `icmpv6 type time-exceeded @th,384,16 ${port} @th,416,16 ${8 + hop}`,
    sources: true as const,
  }));
}

async function open(): Promise<Socket> {
  const socket = createSocket("udp6");
  socket.on("error", () => {});
  socket.bind(0);
  await once(socket, "listening");
  return socket;
}

async function sendAll(socket: Socket, address: string): Promise<void> {
  for (const hop of hops()) {
    socket.setTTL(hop);
    await new Promise<void>((resolve) => socket.send(new Uint8Array(hop), PORT, address, () => resolve()));
  }
}
