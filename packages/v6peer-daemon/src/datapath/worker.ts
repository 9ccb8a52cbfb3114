/** Entry of the data path's thread: puts the loop together and answers the main thread between two rounds. */
import { MainThread, startOptions } from "@nat64/daemon-kit/thread";
import { createEngine, type Nat64Config, RESERVE } from "@nat64/nat64-engine";
import { createDatagramBatch, type DatagramBatch } from "@nat64/packet-io/packets";
import { borrowEventFd } from "@nat64/packet-io/wait";
import { borrowTun, WriteHelper } from "@nat64/tun";
import type { DataPathCounters, DataPathNote, DataPathOptions, DataPathRequest } from "../thread/messages/data-path.ts";
import type { PeerExitsStatus } from "../thread/messages/peer-exits.ts";
import { BlockThread } from "./audit-log/block-thread.ts";
import { QUEUE_BYTES, Shaping } from "./bandwidth/shaping.ts";
import { DrainThread } from "./draining/drain-thread.ts";
import { DataPathLoop } from "./loop.ts";
import { PeerThread } from "./peer-exits/peer-thread.ts";
import { createRelayPort, RELAY_BYTES } from "./peer-exits/relay-port.ts";
import { createRandom } from "./random.ts";

/** Bytes for what is read at a time: at least fifteen super-packets of 64 KB. */
const READ_BYTES = 1024 * 1024;

/** Packets that are read at a time, and slots for what becomes of them: fragments are more than their packet. */
const READ_PACKETS = 128;
const WRITE_PACKETS = 512;

const options = startOptions<DataPathOptions>();
const main = new MainThread<DataPathRequest, DataPathNote>(answer);
// One buffer for all, so that packets that have to wait are copied to the queues without garbage.
const relayBytes = options.peerExits?.relay === undefined ? 0 : RELAY_BYTES;
const memory = new Uint8Array(QUEUE_BYTES + READ_BYTES + RESERVE + relayBytes);
const bytes = memory.subarray(QUEUE_BYTES, QUEUE_BYTES + READ_BYTES + RESERVE);
const input = createDatagramBatch({ bytes, capacity: READ_PACKETS });
const output = createDatagramBatch({ bytes, capacity: WRITE_PACKETS });
const tun = borrowTun(options.tun);
const random = createRandom();
// This thread's own clock: that of another thread starts elsewhere.
const clock = () => performance.now();
let engine = createEngine(options.engine, { random, now: clock() });
const helper = new WriteHelper();
const shaping = new Shaping({
  engine,
  memory,
  input,
  output,
  translate: (packets, now) => loop.translate(packets, now),
  write: (packets) => void tun.write(packets, helper),
  random,
});
const toDevice = (packets: DatagramBatch, now: number) => shaping.toDevice(packets, now);
const received = memory.subarray(memory.length - relayBytes);
const relay =
  options.peerExits?.relay && createRelayPort(options.peerExits, { engine, tun, random, bytes: received, toDevice });
const toRelayOrDevice = (packets: DatagramBatch, now: number) => relay?.send(packets, now);
const peerThread =
  options.peerExits &&
  new PeerThread(options.peerExits, {
    engine,
    clock,
    send: relay === undefined ? toDevice : toRelayOrDevice,
    validated: relay === undefined ? undefined : (teredo, now) => relay.validate(teredo, now),
    tell: (outputs) => main.note({ type: "peer", outputs }),
    hurry: () => loop.hurry(),
  });
const drains = new DrainThread({
  engine,
  peers: peerThread,
  hurry: () => loop.hurry(),
  over: (progress) => main.note({ type: "drained", progress }),
});
const blocks = new BlockThread();
const loop = new DataPathLoop({
  tun,
  send: relay === undefined ? toDevice : toRelayOrDevice,
  guests: [shaping, drains, relay, peerThread].filter((each) => each !== undefined),
  socket: relay,
  shaping,
  wakeUp: borrowEventFd(options.eventFd),
  engine,
  input,
  output,
  clock,
  onMessage: () => main.hear(clock()),
});

main.ready();
loop.run();
main.close();

function answer(request: DataPathRequest, now: number): unknown {
  if (request.type === "counters") return readCounters();
  if (request.type === "reconfigure") return reconfigure(request.engine, now);
  if (request.type === "coordinator") return peerThread?.hear(request.news);
  if (request.type === "peer-exits") return readPeerExits();
  if (request.type === "blocks") return blocks.report(request, engine);
  if (request.type === "set-bandwidth") return shaping.set(request.order, now);
  if (request.type === "bandwidth") return shaping.counters();
  if (request.type === "drain") {
    if (request.order !== undefined) drains.hear(request.order, now);
    return drains.view(now);
  }
  return engine.listSessions(request.from, request.limit, now);
}

function reconfigure(config: Nat64Config, now: number): string | null {
  try {
    engine = createEngine(config, { random, now, continues: engine });
  } catch (error) {
    // A ConfigError, or no memory for a second engine: the first one has not noticed.
    return error instanceof Error ? error.message : String(error);
  }
  relay?.attach(engine);
  peerThread?.attach(engine);
  drains.attach(engine);
  shaping.attach(engine);
  loop.replaceEngine(engine, now);
  return null;
}

function readPeerExits(): PeerExitsStatus {
  if (peerThread === undefined) throw new Error("there are no peer exits");
  return { ...peerThread.status(), ...(relay !== undefined && { relay: relay.status() }) };
}

function readCounters(): DataPathCounters {
  const { counters } = engine;
  const bandwidth = shaping.counters();
  shaping.forgetLongestDelays();
  return {
    engine: {
      packetsFromIPv6: counters.packetsFromIPv6,
      packetsFromIPv4: counters.packetsFromIPv4,
      bytesFromIPv6: counters.bytesFromIPv6,
      bytesFromIPv4: counters.bytesFromIPv4,
      packetsToIPv6: counters.packetsToIPv6,
      packetsToIPv4: counters.packetsToIPv4,
      bytesToIPv6: counters.bytesToIPv6,
      bytesToIPv4: counters.bytesToIPv4,
      icmpErrorsSent: counters.icmpErrorsSent,
      icmpErrorsSuppressed: counters.icmpErrorsSuppressed,
      sessionsCreated: counters.sessionsCreated,
      sessionsExpired: counters.sessionsExpired,
      sessionsLost: counters.sessionsLost,
      sessions: counters.sessions,
      bindings: counters.bindings,
      clientPrefixes: counters.clients,
      fragmentedPackets: counters.fragmentedPackets,
      heldPackets: counters.heldPackets,
      drops: shaping.addDrops(counters.dropsByReason() as Record<string, number>),
    },
    isMigrating: engine.isMigrating,
    ...(bandwidth !== undefined && { bandwidth }),
    tun: tun.counters(),
    loop: loop.counters(),
  };
}
