/** Entry of the data path's thread: puts the loop together and answers the main thread between two rounds. */
import { MainThread, startOptions } from "@nat64/daemon-kit/thread";
import { createEngine, type Nat64Config, RESERVE } from "@nat64/nat64-engine";
import { borrowEventFd, borrowTun, createDatagramBatch, type DatagramBatch } from "@nat64/tun";
import { BlockThread } from "../audit-log/block-thread.ts";
import { DrainThread } from "../draining/drain-thread.ts";
import type { PeerExitsStatus } from "../peer-exits/messages.ts";
import { PeerThread } from "../peer-exits/peer-thread.ts";
import { createRelayPort } from "../peer-exits/relay-port.ts";
import { DataPathLoop } from "./loop.ts";
import type { DataPathCounters, DataPathNote, DataPathOptions, DataPathRequest } from "./messages.ts";
import { createRandom } from "./random.ts";

/** Bytes for what is read at a time: at least fifteen super-packets of 64 KB. */
const READ_BYTES = 1024 * 1024;

/** Packets that are read at a time, and slots for what becomes of them: fragments are more than their packet. */
const READ_PACKETS = 128;
const WRITE_PACKETS = 512;

const options = startOptions<DataPathOptions>();
const main = new MainThread<DataPathRequest, DataPathNote>(answer);
const bytes = new Uint8Array(READ_BYTES + RESERVE);
const tun = borrowTun(options.tun);
const random = createRandom();
// This thread's own clock: that of another thread starts elsewhere.
const clock = () => performance.now();
let engine = createEngine(options.engine, { random, now: clock() });
const relay = options.peerExits?.relay && createRelayPort(options.peerExits, { engine, tun, random });
const toDevice = (packets: DatagramBatch) => {
  tun.write(packets);
};
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
  guests: [drains, relay, peerThread].filter((each) => each !== undefined),
  socket: relay,
  wakeUp: borrowEventFd(options.eventFd),
  engine,
  input: createDatagramBatch({ bytes, capacity: READ_PACKETS }),
  output: createDatagramBatch({ bytes, capacity: WRITE_PACKETS }),
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
  loop.replaceEngine(engine, now);
  return null;
}

function readPeerExits(): PeerExitsStatus {
  if (peerThread === undefined) throw new Error("there are no peer exits");
  return { ...peerThread.status(), ...(relay !== undefined && { relay: relay.status() }) };
}

function readCounters(): DataPathCounters {
  const { counters } = engine;
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
      drops: counters.dropsByReason() as Record<string, number>,
    },
    isMovingOver: engine.isMovingOver,
    tun: tun.counters(),
    loop: loop.counters(),
  };
}
