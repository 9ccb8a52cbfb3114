/**
 * Whatever arrives is hostile. A million packets, random and mutated, go through the engine; nothing may be thrown,
 * every packet has to be accounted for, and when all timers have run out every table is empty again.
 */
import { compileRefusals, LABORATORY_BLOCKS, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import { expect, test } from "vitest";
import { createBatch, HEADROOM, RESERVE } from "../../src/batch.ts";
import { createEngine } from "../../src/create-engine.ts";
import { ExitPolicy } from "../../src/exits/exit-policy.ts";
import { ExitRules } from "../../src/exits/exit-rules.ts";
import type { Nat64Pipeline } from "../../src/pipeline/pipeline.ts";
import { FIRST_EXIT_PORT } from "../../src/state/ports/pool-address.ts";
import { EXIT_SELECTOR, EXIT_TEREDO, FROM_IPV6, fromExit, fromIPv4, toExit } from "./seeds.ts";
import { POOL, repeatableRandom, STATEFUL } from "./support.ts";

const PACKETS = 1_000_000;
const SLOTS = 64;
const LONGEST = 2048;
/** Bytes between one packet and the headroom of the next, which nobody may touch. */
const GUARD = 256;
const CANARY = 0xa5;

/** One of the ways in which a packet can be spoiled. */
function spoil(bytes: Uint8Array, at: number, length: number, random: () => number): number {
  const any = (n: number): number => (random() >>> 0) % n;
  switch (any(6)) {
    case 0: // bits flipped
      for (let n = 1 + any(3); n > 0; n--) bytes[at + any(length)] ^= 1 << any(8);
      return length;
    case 1: // cut off anywhere
      return any(length + 1);
    case 2: // a length field that lies
      bytes[at + (bytes[at] >>> 4 === 6 ? 4 : 2) + any(2)] = any(256);
      return length;
    case 3: // bytes of the headers overwritten
      for (let n = 1 + any(4); n > 0; n--) bytes[at + any(Math.min(length, 64))] = any(256);
      return length;
    case 4: // extension headers without end
      if (bytes[at] >>> 4 === 6) {
        bytes.fill(0, at + 40, at + Math.min(length, 200));
        bytes[at + 6] = [0, 43, 44, 60][any(4)];
      }
      return length;
    default: // as it was: good packets keep the tables busy
      return length;
  }
}

function fill(batch: ReturnType<typeof createBatch>, seeds: readonly Uint8Array[], random: () => number): void {
  let at = HEADROOM;
  for (let slot = 0; slot < SLOTS; slot++) {
    const roll = (random() >>> 0) % 16;
    let length = 0;
    if (roll === 0) {
      length = (random() >>> 0) % 256;
      for (let i = 0; i < length; i++) batch.bytes[at + i] = random();
      if (length > 0 && (random() & 3) !== 0) batch.bytes[at] = (random() & 1) === 0 ? 0x60 : 0x45;
    } else {
      const seed = seeds[(random() >>> 0) % seeds.length];
      batch.bytes.set(seed, at);
      length = spoil(batch.bytes, at, seed.length, random);
    }
    batch.offset[slot] = at;
    batch.length[slot] = length;
    // Lies of the device driver: bits that make no sense for the packet.
    batch.flags[slot] = roll === 1 ? 1 : 0;
    batch.gsoType[slot] = 0;
    const end = at + length;
    at = (end + GUARD + HEADROOM + 3) & ~3;
    batch.bytes.fill(CANARY, end, at - HEADROOM);
  }
  batch.count = SLOTS;
}

/** Whether nothing was written between one packet and the headroom of the next. */
function guardsAreWhole(batch: ReturnType<typeof createBatch>): boolean {
  for (let slot = 0; slot < SLOTS - 1; slot++) {
    const end = batch.offset[slot + 1] - HEADROOM;
    for (let at = batch.offset[slot] + batch.length[slot]; at < end; at++) {
      if (batch.bytes[at] !== CANARY) return false;
    }
  }
  return true;
}

function outputsAreSane(output: ReturnType<typeof createBatch>): boolean {
  for (let slot = 0; slot < output.count; slot++) {
    const at = output.offset[slot];
    const length = output.length[slot];
    const version = output.bytes[at] >>> 4;
    const declared =
      version === 6
        ? 40 + (output.bytes[at + 4] << 8) + output.bytes[at + 5]
        : (output.bytes[at + 2] << 8) + output.bytes[at + 3];
    if ((version !== 4 && version !== 6) || declared !== length || at + length > output.bytes.length) return false;
  }
  return true;
}

function drain(engine: Nat64Pipeline, output: ReturnType<typeof createBatch>, from: number): number {
  let now = from;
  for (let rounds = 0; rounds < 100_000; rounds++) {
    const next = engine.advance(output, now);
    if (next === Number.POSITIVE_INFINITY) return now;
    now += Math.max(next, 1);
  }
  throw new Error("the timers never end");
}

/** Sends spoiled packets through an engine, looks at every result, and lets all timers run out at the end. */
function torture(engine: Nat64Pipeline, packets: number, seedsNow: (now: number) => readonly Uint8Array[]): void {
  const random = repeatableRandom(0x13579bdf);
  const bytes = new Uint8Array(HEADROOM + SLOTS * (LONGEST + HEADROOM + GUARD) + RESERVE);
  const input = createBatch(bytes, SLOTS);
  const output = createBatch(bytes, 2 * SLOTS);
  let seeds = seedsNow(0);
  let now = 0;
  let isSane = true;
  for (let round = 0; round * SLOTS < packets; round++) {
    if (round % 50 === 0) seeds = seedsNow(now);
    fill(input, seeds, random);
    for (let from = 0; from < SLOTS; ) {
      from = engine.process(input, from, output, now);
      isSane &&= outputsAreSane(output);
    }
    isSane &&= guardsAreWhole(input);
    now += 20;
    if (engine.advance(output, now) === 0) engine.advance(output, now);
    isSane &&= outputsAreSane(output);
  }
  expect(isSane).toBe(true);
  const { counters } = engine;
  expect(counters.packetsFromIPv4 + counters.packetsFromIPv6).toBeGreaterThanOrEqual(packets);
  const drops = Object.values(counters.dropsByReason()).reduce((sum, n) => sum + n, 0);
  // Every kind of defect was met, and good packets still went through.
  expect(Object.keys(counters.dropsByReason()).length).toBeGreaterThan(10);
  expect(drops).toBeGreaterThan(packets / 10);
  expect(counters.packetsToIPv6).toBeGreaterThan(packets / 1000);
  // No leak: when everything has expired, every table is empty again.
  drain(engine, output, now);
  expect(counters.sessions).toBe(0);
  expect(counters.bindings).toBe(0);
  expect(counters.clients).toBe(0);
  expect(counters.fragmentedPackets).toBe(0);
  expect(counters.heldPackets).toBe(0);
  expect(counters.sessionsCreated).toBe(
    counters.sessionsExpired +
      counters.sessionsReclaimed +
      counters.unconfirmedEvicted +
      counters.uninvitedEvicted +
      counters.settledEvicted +
      counters.sessionsDisplaced,
  );
}

const NOISY = { icmpErrors: { perSecond: 1_000_000, burst: 1_000_000 } };

test("a million random and mutated packets are translated, answered or dropped with a reason; nothing is thrown or leaks", () => {
  const engine = createEngine({ ...STATEFUL, ...NOISY }, { random: repeatableRandom() });
  torture(engine, PACKETS, (now) => {
    const { rows } = engine.listSessions(0, 256, now);
    return [...FROM_IPV6, ...rows.slice(0, 3).flatMap((row) => fromIPv4(row.pool.port)), ...fromIPv4(40000)];
  });
  expect(engine.counters.packetsToIPv4).toBeGreaterThan(1000);
}, 120_000);

test("the same holds with peer exits, for packets of clients and of exits", () => {
  const config = { ...STATEFUL, ...NOISY, pool: [], peerExits: { pool: "2001:db8:64::/80" } };
  const engine = createEngine(config, { random: repeatableRandom() });
  engine.exits?.add(1, {
    selector: EXIT_SELECTOR,
    teredo: parseIPv6(EXIT_TEREDO),
    firstPort: 20_000,
    weight: 1,
    automatic: true,
    pinnable: true,
    published: new ExitPolicy([]),
  });
  engine.exits?.setUp(1, true);
  torture(engine, PACKETS / 4, (now) => {
    const { rows } = engine.listSessions(0, 256, now);
    const ports = rows.slice(0, 3).map((row) => row.pool.port - FIRST_EXIT_PORT + 20_000);
    return [...FROM_IPV6, ...ports.flatMap(fromExit), ...fromExit(20_001)];
  });
}, 120_000);

test("the same holds for an IPv4 peer", () => {
  const engine = createEngine(
    { mode: "exit", ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" }, mtu: { ipv6: 1280 }, ...NOISY },
    { random: repeatableRandom() },
  );
  const [w0, w1, w2] = parseIPv6(`2001:db8:64::${EXIT_SELECTOR.toString(16)}:0:0`);
  engine.pairs?.set(0, {
    teredo: parseIPv6(EXIT_TEREDO),
    prefix: [w0, w1, w2],
    local: parseIPv4(POOL),
    rules: new ExitRules({ internet: true, published: [], refused: [] }, compileRefusals({ allow: LABORATORY_BLOCKS })),
  });
  torture(engine, PACKETS / 4, () => [...toExit(), ...fromIPv4(40_000)]);
  expect(engine.counters.packetsToIPv4).toBeGreaterThan(1000);
}, 120_000);
