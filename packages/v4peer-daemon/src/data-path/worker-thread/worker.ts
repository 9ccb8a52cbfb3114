/** Entry of the data path's thread: connects engine, machine, forwarder and loop, and answers the main thread. */
import { randomFillSync } from "node:crypto";
import { MainThread, startOptions } from "@nat64/daemon-kit/thread";
import { createEngine, type Pairs, readTraffic } from "@nat64/nat64-engine";
import { borrowUdpSocket } from "@nat64/packet-io/udp";
import { borrowEventFd, WaitLoop } from "@nat64/packet-io/wait";
import { V4Peer, type V4PeerOutput } from "@nat64/peer-machines";
import { toBase64url } from "@nat64/peer-protocol";
import { loadIdentity, nodeSuite } from "@nat64/peer-protocol/node";
import { compileRefusals, DOCUMENTATION_BLOCKS, LABORATORY_BLOCKS } from "@nat64/rfc6052";
import { borrowTun } from "@nat64/tun";
import { GuardedRules } from "../../policy/guarded-rules.ts";
import type { DataPathNote, DataPathOptions, DataPathRequest, DataPathView } from "../messages.ts";
import { BATCH_BYTES, Forwarder } from "./forwarder.ts";
import { viewLoop } from "./loop-view.ts";
import { QUEUE_BYTES, Shaping } from "./shaping.ts";

const options = startOptions<DataPathOptions>();
const main = new MainThread<DataPathRequest, DataPathNote>(take);
const clock = () => performance.now();
// Coordinator, relays and IPv6 peers of a laboratory may have any of its addresses. Clients reach those that stand for the
// internet alone: an IPv6 peer must not reach the networks behind this host.
const neighbours = options.lab ? LABORATORY_BLOCKS : [];
const destinations = options.lab ? DOCUMENTATION_BLOCKS : [];
const identity = loadIdentity(options.identityPath);

const engine = createEngine(
  {
    mode: "exit",
    // What an IPv4 peer itself has to say comes from here (RFC 7600).
    ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" },
    mtu: { ipv6: 1280, ipv4: 1500, lowestIPv6: 1280 },
    allowSpecialPurpose: options.lab,
  },
  { random: drawWord, now: clock() },
);
const pairs = engine.pairs as Pairs;

const peer = new V4Peer({
  identity: toBase64url(identity.publicKey),
  sign: identity.sign,
  suite: nodeSuite,
  refusals: compileRefusals({ allow: neighbours }),
  policy: options.policy,
  pinnedInternet: options.pinnedInternet,
  blocks: options.blocks,
  wants: options.wants,
  onlyWanted: options.onlyWanted,
  pins: new Map(options.pins),
  ...(options.bandwidth !== undefined && { bandwidth: options.bandwidth }),
  ...(options.local !== undefined && { local: options.local }),
});

let refused = options.refused;
let forbidden: readonly number[] = [];
const rules = new GuardedRules(
  { internet: options.policy.internet, published: options.published, refused: options.refused },
  compileRefusals({ allow: destinations }),
  peer.relays,
);

const tun = options.tun === undefined ? undefined : borrowTun(options.tun);
const udp = borrowUdpSocket(options.udp);
// One buffer for everything, so that packets are copied to the queues without garbage.
const memory = new Uint8Array(QUEUE_BYTES + BATCH_BYTES);
const shaping = new Shaping({ pairs, bandwidth: options.bandwidth, memory, random: drawWord, now: clock() });
const forwarder = new Forwarder({
  tun,
  udp,
  engine,
  pairs,
  peer,
  shaping,
  bytes: memory.subarray(QUEUE_BYTES),
  carryOut,
});
const loop = new WaitLoop({
  clock,
  wakeUp: borrowEventFd(options.eventFd),
  onMessage: hear,
  sources: forwarder.sources,
  tasks: [forwarder, shaping],
});

main.ready();
loop.run();
main.close();

function hear(now: number): boolean {
  const goesOn = main.receiveMessages(now);
  forwarder.requestAdvance();
  return goesOn;
}

function carryOut(output: Exclude<V4PeerOutput, { kind: "datagram" }>): void {
  switch (output.kind) {
    case "send-message":
      main.note({ type: "say", message: output.message });
      return;
    case "event":
      main.note({ type: "event", event: output.event });
      return;
    case "pair-set":
      pairs.set(output.place, { ...output, local: (options.firstLocal + output.place) | 0, rules });
      shaping.limit(output.place, output.bandwidth, clock());
      return;
    case "pair-removed":
      pairs.remove(output.place);
      shaping.limit(output.place, undefined, clock());
      return;
    case "forbidden":
      forbidden = output.addresses;
      forbid();
  }
}

/** An own public address is refused as such, and may be published. */
function forbid(): void {
  const own = new Set(refused.filter(({ length }) => length === 32).map(({ network }) => network));
  rules.forbid(forbidden.filter((address) => !own.has(address)));
}

function take(request: DataPathRequest, now: number): DataPathView | undefined {
  switch (request.type) {
    case "opened":
      forwarder.carryOut(peer.opened(request.welcome, now));
      return undefined;
    case "lost":
      forwarder.carryOut(peer.lost(now));
      return undefined;
    case "hear":
      forwarder.carryOut(peer.receiveMessage(request.message, now));
      return undefined;
    case "drain":
      forwarder.carryOut(peer.drain(request.within, request.pair, now));
      return undefined;
    case "refuse":
      refused = request.rows;
      rules.refuse(refused);
      forbid();
      return undefined;
    case "unpair":
      forwarder.carryOut(peer.unpair(request.pair, now));
      return undefined;
    case "look":
      return look();
  }
}

function look(): DataPathView {
  const { counters } = engine;
  const waiting = shaping.look();
  return {
    peer: peer.describe(),
    counters: peer.counters,
    engine: {
      ...readTraffic(counters),
      drops: counters.dropsByReason() as Record<string, number>,
    },
    loop: viewLoop(forwarder.drops, waiting, loop.counters().wakeUps),
    ...(shaping.isOn && { shaping: waiting }),
    udp: udp.counters(),
    ...(tun !== undefined && { tun: tun.counters() }),
  };
}

/** A word from the system's generator: seeds of hashes, a few at start. */
function drawWord(): number {
  return randomFillSync(new Uint32Array(1))[0];
}
