/** Entry point of the data path's thread: connects the parts of the loop, and answers the main thread between two rounds. */
import { MainThread, startOptions } from "@nat64/daemon-kit/thread";
import { type BanLists, createEngine, type Nat64Config, RESERVE, readTraffic } from "@nat64/nat64-engine";
import { createDatagramBatch, type DatagramBatch } from "@nat64/packet-io/packets";
import { borrowEventFd, WaitLoop } from "@nat64/packet-io/wait";
import { borrowTun, WriteHelper } from "@nat64/tun";
import type {
  DataPathCounters,
  DataPathNote,
  DataPathOptions,
  DataPathRequest,
  LoopCounters,
} from "../messages/all-messages.ts";
import type { PeerExitsStatus } from "../messages/peer-exits.ts";
import { BlockThread } from "./audit-log/block-thread.ts";
import { QUEUE_BYTES, Shaping } from "./bandwidth/shaping.ts";
import { DrainThread } from "./draining/drain-thread.ts";
import { Forwarder } from "./forwarder.ts";
import { PeerThread } from "./peer-exits/peer-thread.ts";
import { createRandom } from "./random.ts";
import { createRelayPort } from "./relay/create-relay-port.ts";
import { RELAY_BYTES } from "./relay/from-teredo.ts";

/** Bytes read at once: at least fifteen super-packets of 64 KB. */
const READ_BYTES = 1024 * 1024;

/** Packets read at once, and slots for the packets made from them, of which fragmentation makes more. */
const READ_PACKETS = 128;
const WRITE_PACKETS = 512;

const options = startOptions<DataPathOptions>();
const main = new MainThread<DataPathRequest, DataPathNote>(answer);
// One buffer for everything, so that packets are copied to the queues without garbage.
const relayBytes = options.peerExits?.relay === undefined ? 0 : RELAY_BYTES;
const memory = new Uint8Array(QUEUE_BYTES + READ_BYTES + RESERVE + relayBytes);
const bytes = memory.subarray(QUEUE_BYTES, QUEUE_BYTES + READ_BYTES + RESERVE);
const input = createDatagramBatch({ bytes, capacity: READ_PACKETS });
const output = createDatagramBatch({ bytes, capacity: WRITE_PACKETS });
const tun = borrowTun(options.tun);
const random = createRandom();
// This thread's own clock: clocks of other threads have other origins.
const clock = () => performance.now();
let engine = createEngine(options.engine, { random, now: clock() });
engine.ban(options.bans);
const helper = new WriteHelper();
const shaping = new Shaping({
  engine,
  memory,
  input,
  output,
  translate: (packets, now) => forwarder.translate(packets, output, now),
  write: (packets) => void tun.write(packets, helper),
  random,
});
const toDevice = (packets: DatagramBatch, now: number) => shaping.toDevice(packets, now);
const received = memory.subarray(memory.length - relayBytes);
const relay =
  options.peerExits?.relay &&
  createRelayPort(options.peerExits, {
    tun,
    random,
    bytes: received,
    translate: (packets, made, now) => forwarder.translate(packets, made, now),
    toDevice,
  });
const toRelayOrDevice = (packets: DatagramBatch, now: number) => relay?.send(packets, now);
const peerThread =
  options.peerExits &&
  new PeerThread(options.peerExits, {
    engine,
    clock,
    send: relay === undefined ? toDevice : toRelayOrDevice,
    onValidated: relay === undefined ? undefined : (teredo, now) => relay.validate(teredo, now),
    report: (outputs) => main.note({ type: "peer", outputs }),
    requestAdvance: () => forwarder.requestAdvance(),
  });
const drains = new DrainThread({
  engine,
  peers: peerThread,
  requestAdvance: () => forwarder.requestAdvance(),
  onDrained: (progress) => main.note({ type: "drained", progress }),
});
const blocks = new BlockThread();
const forwarder = new Forwarder({
  tun,
  send: relay === undefined ? toDevice : toRelayOrDevice,
  divert: relay && ((packets, now) => relay.divert(packets, now)),
  shape: (packets, now) => shaping.fromDevice(packets, now),
  engine,
  input,
  output,
});
const loop = new WaitLoop({
  clock,
  wakeUp: borrowEventFd(options.eventFd),
  onMessage: (now) => main.receiveMessages(now),
  sources: [forwarder, relay].filter((each) => each !== undefined),
  tasks: [forwarder, shaping, drains, relay, peerThread].filter((each) => each !== undefined),
});

main.ready();
loop.run();
main.close();

function answer(request: DataPathRequest, now: number): unknown {
  if (request.type === "counters") return readCounters();
  if (request.type === "reconfigure") return reconfigure(request.engine, now);
  if (request.type === "ban") return ban(request.bans);
  if (request.type === "coordinator") return peerThread?.update(request.news);
  if (request.type === "peer-exits") return readPeerExits();
  if (request.type === "blocks") return blocks.report(request, engine);
  if (request.type === "set-bandwidth") return shaping.set(request.order, now);
  if (request.type === "bandwidth") return shaping.counters();
  if (request.type === "shares") return shaping.shares();
  if (request.type === "drain") {
    if (request.order !== undefined) drains.carryOut(request.order, now);
    return drains.view(now);
  }
  return engine.listSessions(request.from, request.limit, now);
}

function reconfigure(config: Nat64Config, now: number): string | null {
  try {
    engine = createEngine(config, { random, now, continues: engine });
  } catch (error) {
    // A ConfigError, or not enough memory for a second engine. The first one is unchanged.
    return error instanceof Error ? error.message : String(error);
  }
  peerThread?.attach(engine);
  drains.attach(engine);
  shaping.attach(engine);
  forwarder.replaceEngine(engine, now);
  return null;
}

function ban(bans: BanLists): void {
  engine.ban(bans);
  // It ends their sessions, in slices.
  forwarder.requestAdvance();
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
      ...readTraffic(counters),
      icmpErrorsSuppressed: counters.icmpErrorsSuppressed,
      resetsSent: counters.resetsSent,
      resetsSuppressed: counters.resetsSuppressed,
      sessionsCreated: counters.sessionsCreated,
      sessionsExpired: counters.sessionsExpired,
      sessionsLost: counters.sessionsLost,
      sessionsEvicted: {
        settled: counters.settledEvicted,
        unconfirmed: counters.unconfirmedEvicted,
        uninvited: counters.uninvitedEvicted,
        closed: counters.sessionsReclaimed,
      },
      sessions: counters.sessions,
      sessionsByClass: {
        settled: counters.settledSessions,
        unconfirmed: counters.unconfirmedSessions,
        uninvited: counters.uninvitedSessions,
        closed: counters.closedSessions,
      },
      bindings: counters.bindings,
      clientPrefixes: counters.clients,
      fragmentedPackets: counters.fragmentedPackets,
      heldPackets: counters.heldPackets,
      drops: shaping.addDrops(counters.dropsByReason() as Record<string, number>),
    },
    isMigrating: engine.isMigrating,
    ...(bandwidth !== undefined && { bandwidth }),
    tun: tun.counters(),
    loop: readLoop(),
  };
}

function readLoop(): LoopCounters {
  const { batches, advances } = forwarder;
  const { wakeUps, busyMs, longestRoundMs } = loop.counters();
  return { wakeUps, batches, advances, busyMilliseconds: busyMs, longestRoundMilliseconds: longestRoundMs };
}
