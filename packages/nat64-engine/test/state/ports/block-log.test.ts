import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BlockEvent, BlockRecorder, readBlockEvents } from "../../../src/audit/block-events.ts";
import { indexHeads } from "../../../src/hash/hash-index.ts";
import { KeyedHash } from "../../../src/hash/keyed-hash.ts";
import { RandomWords } from "../../../src/hash/random-words.ts";
import { UNLIMITED } from "../../../src/limits/client-caps.ts";
import { ClientTable, clientWords } from "../../../src/limits/client-table.ts";
import { portWords } from "../../../src/state/ports/bitmap-sizes.ts";
import { BlockLog } from "../../../src/state/ports/block-log.ts";
import { PortAllocator } from "../../../src/state/ports/port-allocator.ts";
import { createState, fromClient, SERVER, stateOptions } from "../support.ts";

const POOL = [{ address: 7, exit: 0, ranges: [[1024, 1535] as const, null, null] as const }];

function create() {
  const hash = new KeyedHash(1, 2);
  const limits = { "64": UNLIMITED, "56": UNLIMITED, "48": UNLIMITED };
  const clients = new ClientTable(new Int32Array(clientWords(64)), new Int32Array(indexHeads(64)), 64, hash, limits);
  const ports = new PortAllocator(new Int32Array(portWords(POOL)), POOL, clients, hash, new RandomWords(1, 3));
  const log = new BlockLog();
  ports.log = log;
  const client = (n: number) => {
    const record = clients.acquire(0x20010db8, n, 0);
    clients.use(record);
    return record;
  };
  return { ports, log, client };
}

/** Who owns which block, as the events tell it. */
function replay(owners: Map<number, number>, events: readonly BlockEvent[]): void {
  for (const { kind, ports, network } of events) {
    if (kind === "granted") {
      expect(owners.has(ports[0])).toBe(false);
      owners.set(ports[0], network[1]);
    } else if (kind === "returned") {
      expect(owners.get(ports[0])).toBe(network[1]);
      owners.delete(ports[0]);
    }
  }
}

describe("the log of blocks", () => {
  it("tells whose each port was: the owner of its block, unless it was borrowed", () => {
    const steps = fc.array(fc.record({ client: fc.integer({ min: 1, max: 5 }), isFreed: fc.boolean() }), {
      minLength: 1,
      maxLength: 700,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const { ports, log, client } = create();
        const owners = new Map<number, number>();
        const held: number[] = [];
        for (const step of all) {
          if (step.isFreed && held.length > 0) {
            ports.free(held.shift() as number);
            replay(owners, readBlockEvents(log.take().words));
            continue;
          }
          const slot = ports.allocate(client(step.client), 0, 0, 4000);
          const events = readBlockEvents(log.take().words);
          replay(owners, events);
          if (slot < 0) continue;
          held.push(slot);
          const block = ports.port(slot) & -64;
          const borrowed = events.find(({ kind }) => kind === "borrowed");
          expect((borrowed ?? { network: [0, owners.get(block)] }).network[1]).toBe(step.client);
        }
        const listed = new BlockLog();
        expect(ports.listOwned(listed, 0, 4096)).toBe(-1);
        const now = readBlockEvents(listed.take().words);
        expect(new Map(now.map(({ ports: [first], network }) => [first, network[1]]))).toEqual(owners);
      }),
      { numRuns: 50 },
    );
  });

  it("lists owned blocks in slices", () => {
    const { ports, client } = create();
    for (let n = 1; n <= 5; n++) ports.allocate(client(n), 0, 0, 4000);
    const log = new BlockLog();
    let calls = 0;
    for (let from = 0; from >= 0; calls++) from = ports.listOwned(log, from, 3);
    expect(calls).toBeGreaterThan(1);
    expect(readBlockEvents(log.take().words)).toHaveLength(5);
  });

  it("counts entries that do not fit", () => {
    const log = new BlockLog();
    for (let i = 0; i < 20_000; i++) log.note(0, 0, 0, 0, 0, 0, 0);
    expect(log.take()).toMatchObject({ lost: 20_000 - 16_384 });
    expect(log.take()).toMatchObject({ lost: 0, words: new Int32Array(0) });
  });

  it("names the client of each port where one record counts several, and nobody as the owner of the block", () => {
    const twenty = { ...UNLIMITED, sessions: 20 };
    const state = createState({ clients: 16, limits: { "64": twenty, "56": twenty, "48": twenty } });
    for (let n = 0; n < 12; n++) state.outbound(fromClient("udp", n << 16, 5000, 53), SERVER, 0, 0, 1, 0);
    const recorder = new BlockRecorder(state, undefined);
    recorder.report();
    const client = (98 << 16) | 7;
    for (const port of [5000, 5001]) state.outbound(fromClient("udp", client, port, 53), SERVER, 0, 0, 1, 0);
    const events = readBlockEvents(recorder.report().words);
    const lowWord = (0x00010000 | client) >>> 0;
    expect(events.filter(({ kind }) => kind === "granted").map(({ network }) => network[1])).toEqual([0]);
    expect(events.filter(({ kind }) => kind === "borrowed").map(({ network }) => network[1] >>> 0)).toEqual([
      lowWord,
      lowWord,
    ]);
  });

  it("says that blocks are given out anew when a new configuration has other ports", () => {
    const state = createState();
    const recorder = new BlockRecorder(state, undefined);
    const session = state.outbound(fromClient("udp", 1, 5000, 53), SERVER, 0, 0, 1, 0);
    expect(session).toBeGreaterThanOrEqual(0);
    expect(readBlockEvents(recorder.report().words).map(({ kind }) => kind)).toEqual(["granted"]);
    const other = stateOptions();
    state.reconfigure({ ...other, pool: [{ ...other.pool[0], address: 9 }], now: 1 });
    const end = (session: number): boolean => {
      state.end(session);
      return true;
    };
    while (state.isMigrating) state.migrate(2, 4096, end);
    expect(readBlockEvents(recorder.report().words).map(({ kind }) => kind)).toContain("reset");
  });
});
