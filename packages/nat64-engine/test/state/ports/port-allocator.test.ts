import { describe, expect, it } from "vitest";
import { indexHeads } from "../../../src/hash/hash-index.ts";
import { KeyedHash } from "../../../src/hash/keyed-hash.ts";
import { RandomWords } from "../../../src/hash/random-words.ts";
import { UNLIMITED } from "../../../src/limits/client-caps.ts";
import { ClientTable, clientWords } from "../../../src/limits/client-table.ts";
import { portWords } from "../../../src/state/ports/bitmap-sizes.ts";
import type { PoolAddress } from "../../../src/state/ports/pool-address.ts";
import { PortAllocator } from "../../../src/state/ports/port-allocator.ts";
import { ProtocolIndex } from "../../../src/state/protocol-index.ts";

const { tcp, udp, icmp } = ProtocolIndex;

function create(pool: readonly PoolAddress[], seed = 1) {
  const hash = new KeyedHash(seed, 2);
  const limits = { "64": UNLIMITED, "56": UNLIMITED, "48": UNLIMITED };
  const clients = new ClientTable(
    new Int32Array(clientWords(4096)),
    new Int32Array(indexHeads(4096)),
    4096,
    hash,
    limits,
  );
  const ports = new PortAllocator(new Int32Array(portWords(pool)), pool, clients, hash, new RandomWords(seed, 3));
  const client = (n: number) => {
    const record = clients.acquire(0x20010db8, n, 0);
    clients.use(record);
    return record;
  };
  return { ports, clients, client };
}

const full = (address: number, exit = 0): PoolAddress => ({
  address,
  exit,
  ranges: [
    [0, 65535],
    [0, 65535],
    [0, 65535],
  ],
});
const small = (address: number, first: number, last: number): PoolAddress => ({
  address,
  exit: 0,
  ranges: [
    [first, last],
    [first, last],
    [first, last],
  ],
});

describe("a port", () => {
  it("RFC 6146 §3.5.1.1, RFC 4787 REQ-3: keeps parity and range in UDP", () => {
    const { ports, client } = create([full(1)]);
    const me = client(1);
    for (let wanted = 0; wanted < 65536; wanted += 61) {
      const port = ports.port(ports.allocate(me, udp, 0, wanted));
      expect([port & 1, port < 1024]).toEqual([wanted & 1, wanted < 1024]);
    }
  });

  it("keeps the range in TCP", () => {
    const { ports, client } = create([full(1)]);
    const me = client(1);
    expect(ports.port(ports.allocate(me, tcp, 0, 22))).toBeLessThan(1024);
    for (let i = 0; i < 200; i++) expect(ports.port(ports.allocate(me, tcp, 0, 40_000))).toBeGreaterThanOrEqual(1024);
  });

  it("is given even when the pool has none of the wanted range or parity left", () => {
    const { ports, client } = create([small(1, 2000, 2009)]);
    const me = client(1);
    const got = Array.from({ length: 10 }, () => ports.port(ports.allocate(me, udp, 0, 123)));
    expect(got.slice(0, 5).every((port) => port % 2 === 1)).toBe(true);
    expect([...got].sort()).toEqual([2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009]);
    expect(ports.allocate(me, udp, 0, 123)).toBe(-1);
    expect(ports.freePorts(0, udp)).toBe(0);
  });

  it("comes from the configured range only, whatever its ends", () => {
    const { ports, client } = create([small(1, 1000, 1100)]);
    const got = new Set(Array.from({ length: 101 }, (_, i) => ports.port(ports.allocate(client(i % 7), tcp, 0, 5000))));
    expect(got.size).toBe(101);
    expect([Math.min(...got), Math.max(...got)]).toEqual([1000, 1100]);
    expect(ports.allocate(client(1), tcp, 0, 5000)).toBe(-1);
  });

  it("RFC 6056: differs from start to start and never counts up", () => {
    const sequence = (seed: number): number[] => {
      const { ports, client } = create([full(1)], seed);
      const me = client(1);
      return Array.from({ length: 64 }, () => ports.port(ports.allocate(me, tcp, 0, 5000)));
    };
    const first = sequence(1);
    expect(first).not.toEqual(sequence(2));
    const steps = first.slice(1).map((port, i) => port - first[i]);
    expect(steps.filter((step) => step === 1).length).toBeLessThan(32);
  });

  it("of an unknown exit or protocol without range is refused", () => {
    const { ports, client } = create([{ address: 1, exit: 0, ranges: [[1024, 2000], null, null] }]);
    expect(ports.allocate(client(1), tcp, 3, 5000)).toBe(-1);
    expect(ports.allocate(client(1), udp, 0, 5000)).toBe(-1);
    expect(ports.allocate(client(1), tcp, 0, 5000)).toBeGreaterThanOrEqual(0);
  });
});

describe("blocks", () => {
  it("a client fills its block of 64 before it gets another; clients do not share one", () => {
    const { ports, client } = create([full(1)]);
    const block = (n: number): number => ports.allocate(client(n), tcp, 0, 5000) >> 6;
    const mine = new Set(Array.from({ length: 64 }, () => block(1)));
    const yours = new Set(Array.from({ length: 64 }, () => block(2)));
    expect([mine.size, yours.size]).toEqual([1, 1]);
    expect([...mine]).not.toEqual([...yours]);
    expect(mine.has(block(1))).toBe(false);
    expect(ports.ownedBlocks()).toBe(3);
  });

  it("are given back with their last port, and the client's record with its last block", () => {
    const { ports, client, clients } = create([full(1)]);
    const me = client(1);
    const slots = Array.from({ length: 200 }, (_, i) => ports.allocate(me, i % 3, 0, 5000 + i));
    clients.leave(me);
    expect(clients.count).toBe(1);
    for (const slot of slots) ports.free(slot);
    expect([ports.inUse, ports.popcount(), ports.ownedBlocks(), clients.count]).toEqual([0, 0, 0, 0]);
  });

  it("of others are used when no block is left, rather than refusing", () => {
    const { ports, client } = create([small(1, 1024, 1024 + 127)]);
    ports.allocate(client(1), tcp, 0, 5000);
    ports.allocate(client(2), tcp, 0, 5000);
    const third = client(3);
    for (let i = 0; i < 126; i++) expect(ports.allocate(third, tcp, 0, 5000)).toBeGreaterThanOrEqual(0);
    expect(ports.allocate(third, tcp, 0, 5000)).toBe(-1);
    expect(ports.popcount()).toBe(128);
  });
});

describe("pool addresses", () => {
  it("RFC 4787 REQ-2 (paired): a client keeps one address for all protocols while it fits", () => {
    const { ports, client } = create([1, 2, 3, 4, 5, 6, 7, 8].map((address) => full(address)));
    const used = new Set<number>();
    for (let n = 0; n < 64; n++) {
      const me = client(n);
      const mine = new Set<number>();
      for (let i = 0; i < 300; i++) mine.add(ports.address(ports.allocate(me, i % 3, 0, 1024 + i)));
      expect(mine.size).toBe(1);
      for (const address of mine) used.add(address);
    }
    expect(used.size).toBe(8);
  });

  it("a client moves to another address when its own is full, and stays there", () => {
    const { ports, client } = create([small(1, 1024, 1151), small(2, 1024, 1151), small(3, 1024, 1151)]);
    const me = client(1);
    const addresses = Array.from({ length: 384 }, () => ports.address(ports.allocate(me, tcp, 0, 5000)));
    const changes = addresses.filter((address, i) => i > 0 && address !== addresses[i - 1]);
    expect(changes.length).toBe(2);
    expect(ports.allocate(me, tcp, 0, 5000)).toBe(-1);
    expect(ports.allocate(me, icmp, 0, 5000)).toBeGreaterThanOrEqual(0);
  });

  it("belong to their exit alone", () => {
    const { ports, client } = create([full(1, 0), full(2, 1), full(3, 1)]);
    const me = client(1);
    for (let i = 0; i < 100; i++) {
      expect(ports.address(ports.allocate(me, udp, 0, i))).toBe(1);
      expect([2, 3]).toContain(ports.address(ports.allocate(me, udp, 1, i)));
    }
  });
});

it("a withdrawn port is never given out, and does not keep a client's block from being returned", () => {
  const { ports, client, clients } = create([small(1, 1024, 1087)]);
  expect(ports.withdraw(1, tcp, 0, 1030)).toBeGreaterThanOrEqual(0);
  expect(ports.withdraw(1, tcp, 0, 1030)).toBe(-2);
  expect(ports.withdraw(9, tcp, 0, 1030)).toBe(-1);
  expect(ports.withdraw(1, tcp, 0, 1088)).toBe(-1);
  const me = client(1);
  const slots = Array.from({ length: 63 }, () => ports.allocate(me, tcp, 0, 5000));
  expect(slots.map((slot) => ports.port(slot))).not.toContain(1030);
  expect(ports.allocate(me, tcp, 0, 5000)).toBe(-1);
  for (const slot of slots) ports.free(slot);
  expect(ports.ownedBlocks()).toBe(0);
  clients.leave(me);
  expect([clients.count, ports.inUse, ports.popcount()]).toEqual([0, 0, 0]);
});

it("takes all ports of a pool and gives each of them once, even when 99 % are in use", () => {
  const { ports, client } = create([full(1), full(2)]);
  const records = Array.from({ length: 2000 }, (_, n) => client(n));
  const seen = new Set<number>();
  for (let i = 0; i < 131_072; i++) {
    seen.add(ports.allocate(records[(i * 7) % 2000], udp, 0, i & 0xffff));
  }
  expect(seen.has(-1)).toBe(false);
  expect(seen.size).toBe(131_072);
  expect(ports.popcount()).toBe(131_072);
  expect(ports.allocate(records[0], udp, 0, 1)).toBe(-1);
  for (const slot of seen) ports.free(slot);
  expect([ports.inUse, ports.ownedBlocks()]).toEqual([0, 0]);
});
