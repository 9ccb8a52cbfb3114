/**
 * Traces the path to a Teredo address: sends datagrams with increasing hop limits and records which router sends Time
 * Exceeded. The last one is the relay, because IPv4 begins behind it. Several flows show whether the packets to one Teredo
 * address are spread over several relays.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Watch } from "../packet-watch.ts";

/** Flows, each with its own source port, and hops per flow. */
const FLOWS = 6;
const MAX_HOPS = 12;

/** Milliseconds per round, and rounds: routers limit the rate of their answers. */
const ROUND_MS = 700;
const ROUNDS = 2;

/** The first port of traceroute, which is usually closed. */
const PORT = 33_434;

/** The routers that answered: per flow, by hop limit from 1 on; `undefined` for no answer. */
export type Trace = readonly (readonly (string | undefined)[])[];

/** Traces several flows. Needs CAP_NET_ADMIN; throws a `ToolError` if this host refuses. */
export async function traceTo(address: string): Promise<Trace> {
  const sockets: Socket[] = [];
  let watch: Watch | undefined;
  try {
    for (let flow = 0; flow < FLOWS; flow++) sockets.push(await open());
    watch = new Watch(sockets.flatMap((socket) => sightsOf(socket.address().port)));
    for (let round = 0; round < ROUNDS; round++) {
      for (const socket of sockets) await sendAll(socket, address);
      await sleep(ROUND_MS);
    }
    const seen = watch.read();
    return sockets.map((socket) => hops().map((hop) => seen.get(nameOf(socket.address().port, hop))?.sources[0]));
  } finally {
    for (const socket of sockets) socket.close();
    watch?.close();
  }
}

function hops(): readonly number[] {
  return Array.from({ length: MAX_HOPS }, (_, i) => i + 1);
}

function nameOf(port: number, hop: number): string {
  return `p${port}h${hop}`;
}

/** An ICMPv6 error quotes our datagram (RFC 4443 §3.3): its source port identifies the flow, its UDP length the hop limit. */
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
