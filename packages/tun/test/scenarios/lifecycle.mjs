// Opening, closing, sharing, deleting.
import { existsSync, readdirSync } from "node:fs";
import { createPacketBatch } from "@nat64/packet-io/packets";
import { openEventFd, POLL_ERROR, PollSet } from "@nat64/packet-io/wait";
import { openTun } from "@nat64/tun";
import { codeOf, ip, report, silenceIPv6 } from "./support.mjs";

silenceIPv6();
const exists = (name) => existsSync(`/sys/class/net/${name}`);
const openFiles = () => readdirSync("/proc/self/fd").length;
const batch = createPacketBatch();

const tun = openTun({ name: "test0" });
const busy = codeOf(() => openTun({ name: "test0" }));
const mismatch = codeOf(() => openTun({ name: "test0", multiQueue: true }));
const notTun = codeOf(() => openTun({ name: "lo" }));
const there = exists("test0");
tun.close();
tun.close();
const afterClose = {
  fd: codeOf(() => tun.fd),
  handle: codeOf(() => tun.handle),
  read: codeOf(() => tun.read(batch)),
  write: codeOf(() => tun.write(batch)),
  counters: codeOf(() => tun.counters()),
};
const gone = !exists("test0");

const queues = [1, 2, 3].map(() => openTun({ name: "many0", multiQueue: true }));
const queueFds = new Set(queues.map((queue) => queue.fd)).size;
for (const queue of queues) queue.close();

const kept = openTun({ name: "kept0", persist: true });
kept.close();
const persists = exists("kept0");
const again = openTun({ name: "kept0" });
again.close();
ip("link delete kept0");

const picked = openTun();
const pickedName = picked.name;
picked.close();

const doomed = openTun({ name: "doomed0" });
ip("link set doomed0 up");
ip("link delete doomed0");
const pollSet = new PollSet([doomed.fd]);
pollSet.wait(1000);
const deleted = {
  polled: (pollSet.ready[0] & POLL_ERROR) !== 0,
  read: codeOf(() => doomed.read(batch)),
};
doomed.close();

const before = openFiles();
for (let round = 0; round < 100; round++) {
  const device = openTun({ name: "test0" });
  const event = openEventFd();
  codeOf(() => openTun({ name: "test0" }));
  event.close();
  device.close();
}
report({
  busy,
  mismatch,
  notTun,
  there,
  afterClose,
  gone,
  queueFds,
  persists,
  pickedName,
  deleted,
  leakedFiles: openFiles() - before,
});
