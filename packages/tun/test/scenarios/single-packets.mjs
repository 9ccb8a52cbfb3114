// Writes packets to the kernel and reads what the kernel sends: datagrams of a real socket both ways.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createPacketBatch } from "@nat64/packet-io/packets";
import { PollSet } from "@nat64/packet-io/wait";
import { openTun } from "@nat64/tun";
import { fill, ip, report, silenceIPv6, udpPacket } from "./support.mjs";

silenceIPv6();
const tun = openTun({ name: "test0", offloads: process.argv[2] });
ip("address add 10.9.0.1/24 dev test0");
ip("link set test0 up");

const socket = createSocket("udp4");
socket.bind(4001, "10.9.0.1");
await once(socket, "listening");
const batch = createPacketBatch();

const message = once(socket, "message");
fill(batch, [udpPacket({ from: "10.9.0.2", to: "10.9.0.1", payload: Buffer.from("to the kernel") })]);
const written = tun.write(batch);
const [received, sender] = await message;

await new Promise((resolve) => socket.send("to the reader", 4000, "10.9.0.2", resolve));
const ready = new PollSet([tun.fd]).wait(5000);
const count = tun.read(batch);
const start = batch.offset[0];
const packet = batch.bytes.subarray(start, start + batch.length[0]);
report({
  offloads: tun.offloads,
  written,
  received: received.toString(),
  sender: `${sender.address}:${sender.port}`,
  ready,
  count,
  batchCount: batch.count,
  payload: Buffer.from(packet.subarray(28)).toString(),
  destination: [...packet.subarray(16, 20)].join("."),
  flags: batch.flags[0],
  checksumStart: batch.checksumStart[0],
  checksumOffset: batch.checksumOffset[0],
  emptyRead: tun.read(batch),
});
socket.close();
tun.close();
