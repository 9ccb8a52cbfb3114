// Datagrams that are longer than the path's MTU cannot share a message: UDP_SEGMENT makes no fragments. Runs in a network
// namespace of its own, as root.
import { execFileSync } from "node:child_process";
import { createDatagramBatch } from "@nat64/packet-io/packets";
import { openUdpSocket } from "@nat64/packet-io/udp";
import { PollSet } from "@nat64/packet-io/wait";

execFileSync("ip", ["link", "set", "lo", "mtu", "1280", "up"]);
const address = "127.0.0.1";
const [sender, receiver] = [openUdpSocket({ address }), openUdpSocket({ address, merge: false })];
const batch = createDatagramBatch();
for (const [slot, length] of [1400, 1400, 1400, 1400, 100].entries()) {
  batch.offset[slot] = 1500 * slot;
  batch.length[slot] = length;
  batch.address[slot] = 0x7f000001;
  batch.port[slot] = receiver.port;
  batch.count++;
}
const sent = sender.send(batch);
const received = [];
const inbox = createDatagramBatch({ capacity: 128 });
while (received.length < sent && new PollSet([receiver.fd]).wait(1000) > 0) {
  receiver.receive(inbox);
  received.push(...inbox.length.subarray(0, inbox.count));
}
console.log(JSON.stringify({ sent, received, errors: sender.counters().writeErrors }));
