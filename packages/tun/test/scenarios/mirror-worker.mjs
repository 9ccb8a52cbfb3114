// A worker that sends every TCP packet back with source and destination swapped: a connection to the mirrored address
// ends at this host's own listener. Swapping leaves every checksum as it was.
import { parentPort, workerData } from "node:worker_threads";
import { createPacketBatch } from "@nat64/packet-io/packets";
import { borrowEventFd, POLL_IN, PollSet } from "@nat64/packet-io/wait";
import { borrowTun } from "@nat64/tun";

const tun = borrowTun(workerData.tun);
const stop = borrowEventFd(workerData.stopFd);
const pollSet = new PollSet([tun.fd, stop.fd]);
const batch = createPacketBatch();
const seen = { packets: 0, tcpBytes: 0, superPackets: [], largestBatch: 0, unsound: 0, wokenByStop: false };

function swap(at, length) {
  for (let i = 0; i < length; i++) {
    const byte = batch.bytes[at + i];
    batch.bytes[at + i] = batch.bytes[at + length + i];
    batch.bytes[at + length + i] = byte;
  }
}

function note(slot) {
  seen.packets++;
  seen.tcpBytes += batch.length[slot];
  if (batch.offset[slot] % 4 !== 0) seen.unsound++;
  if (batch.gsoType[slot] !== 0 && seen.superPackets.length < 200) {
    const start = batch.offset[slot];
    const transport = batch.checksumStart[slot];
    seen.superPackets.push({
      length: batch.length[slot],
      gsoType: batch.gsoType[slot],
      gsoSize: batch.gsoSize[slot],
      flags: batch.flags[slot],
      headerLength: batch.headerLength[slot],
      trueHeaderLength: transport + (batch.bytes[start + transport + 12] >> 4) * 4,
      checksumOffset: batch.checksumOffset[slot],
    });
  }
}

parentPort.postMessage("ready");
for (;;) {
  pollSet.wait(-1);
  if (pollSet.ready[1] & POLL_IN) break;
  const count = tun.read(batch);
  if (count > seen.largestBatch) seen.largestBatch = count;
  for (let slot = 0; slot < count; slot++) {
    const start = batch.offset[slot];
    if (batch.bytes[start] >> 4 === 4) {
      swap(start + 12, 4);
    } else {
      swap(start + 8, 16);
    }
    note(slot);
  }
  tun.write(batch);
}
seen.wokenByStop = stop.clear();
parentPort.postMessage({ ...seen, counters: tun.counters() });
