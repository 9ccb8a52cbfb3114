// Batches of many flows, written to a device with a helper: UDP to a socket of this host. Each packet must arrive, those
// of a flow in their order.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createPacketBatch } from "@nat64/packet-io/packets";
import { openTun, WriteHelper } from "@nat64/tun";
import { fill, ip, report, udpPacket } from "./support.mjs";

const FLOWS = 16;
const PER_FLOW = 8;
const BATCHES = 50;

const tun = openTun({ name: "test0", offloads: "none" });
ip("address add 10.9.0.1/24 dev test0");
ip("link set test0 up");
const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
socket.bind(5000, "10.9.0.1");
await once(socket, "listening");

const last = new Map();
let received = 0;
let disordered = 0;
socket.on("message", (message, { port }) => {
  received++;
  const number = message.readUInt32BE(0);
  if (number <= (last.get(port) ?? 0)) disordered++;
  last.set(port, number);
});

const batch = createPacketBatch({ capacity: FLOWS * PER_FLOW });
const helper = new WriteHelper();
let written = 0;
for (let number = 1; number <= BATCHES * PER_FLOW; number += PER_FLOW) {
  const packets = [];
  for (let i = 0; i < PER_FLOW; i++) for (let flow = 0; flow < FLOWS; flow++) packets.push(numbered(flow, number + i));
  written += tun.write(fill(batch, packets), helper);
  while (received < written) await once(socket, "message");
}
socket.close();
report({ written, received, disordered, flows: last.size, counters: tun.counters() });
tun.close();

function numbered(flow, number) {
  const payload = Buffer.alloc(1000);
  payload.writeUInt32BE(number);
  return udpPacket({ from: "10.9.0.2", to: "10.9.0.1", fromPort: 6000 + flow, toPort: 5000, payload });
}
