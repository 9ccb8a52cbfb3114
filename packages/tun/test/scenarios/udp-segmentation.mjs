// UDP super-packets: one written with gsoType 5 must reach a socket as separate datagrams, and one that the kernel
// forwards to a second device must come out of it whole.
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createPacketBatch, GSO_UDP, NEEDS_CHECKSUM } from "@nat64/packet-io/packets";
import { PollSet } from "@nat64/packet-io/wait";
import { openTun } from "@nat64/tun";
import { datagrams, fill, ip, pseudoHeaderSum, report, silenceIPv6, udpPacket } from "./support.mjs";

silenceIPv6();
writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
const near = openTun({ name: "near0" });
const far = openTun({ name: "far0" });
ip("address add 10.9.0.1/24 dev near0");
ip("address add 10.9.1.1/24 dev far0");
ip("link set near0 up");
ip("link set far0 up");

const SEGMENT = 1000;
const payload = Buffer.concat([Buffer.alloc(SEGMENT, "a"), Buffer.alloc(SEGMENT, "b"), Buffer.alloc(300, "c")]);

function superPacket(to) {
  const from = "10.9.0.2";
  const udpChecksum = pseudoHeaderSum({ from, to, protocol: 17, length: 8 + payload.length });
  const batch = fill(createPacketBatch(), [udpPacket({ from, to, payload, udpChecksum })]);
  batch.flags[0] = NEEDS_CHECKSUM;
  batch.gsoType[0] = GSO_UDP;
  batch.gsoSize[0] = SEGMENT;
  batch.headerLength[0] = 28;
  batch.checksumStart[0] = 20;
  batch.checksumOffset[0] = 6;
  return batch;
}

const socket = createSocket("udp4");
socket.bind(4001, "10.9.0.1");
await once(socket, "listening");
const arriving = datagrams(socket, 3);
const written = near.write(superPacket("10.9.0.1"));
const received = await arriving;

near.write(superPacket("10.9.1.2"));
new PollSet([far.fd]).wait(5000);
const batch = createPacketBatch();
const count = far.read(batch);
report({
  uso: far.offloads.uso,
  written,
  received: received.map((datagram) => `${datagram.length}${String.fromCharCode(datagram[0])}`),
  forwarded: count,
  gsoType: batch.gsoType[0],
  gsoSize: batch.gsoSize[0],
  length: batch.length[0],
  headerLength: batch.headerLength[0],
});
socket.close();
near.close();
far.close();
