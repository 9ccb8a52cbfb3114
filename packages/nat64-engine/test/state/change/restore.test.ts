import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BINDING_WORDS } from "../../../src/state/bib/binding-table.ts";
import type { StaticBindingError, StaticEntry } from "../../../src/state/bib/static-entry.ts";
import { PACKET_HELD } from "../../../src/state/held/held-packets.ts";
import type { StateMemoryError } from "../../../src/state/memory/memory-header.ts";
import { type Nat64State, stateBytes } from "../../../src/state/nat64-state.ts";
import { SESSION_WORDS } from "../../../src/state/sessions/session-table.ts";
import {
  createState,
  expectConservation,
  fromClient,
  fromServer,
  LIFETIMES,
  MINUTE,
  NO_BYTES,
  OTHER_SERVER,
  POOL,
  poolPort,
  reason,
  SERVER,
  SYN,
} from "../support.ts";

const otherSeed = Int32Array.of(9, 8, 7, 6);

function fill(state: Nat64State, sessions: number, now = 0): void {
  for (let i = 0; i < sessions; i++) {
    const protocol = (["tcp", "udp", "icmp"] as const)[i % 3];
    state.outbound(fromClient(protocol, i % 40, 2000 + i, 80, SYN), SERVER, i, 0, 1, now);
    if (i % 5 === 0) state.outbound(fromClient(protocol, i % 40, 2000 + i, 80, SYN), OTHER_SERVER, i, 0, 1, now);
  }
}

describe("a used buffer that is handed in", () => {
  it("goes on with its sessions, mappings, states and lifetimes under another hash key", () => {
    const first = createState();
    fill(first, 300);
    const session = first.outbound(fromClient("tcp", 3, 9000, 80, SYN), SERVER, 77, 0, 1, 1000);
    const port = poolPort(first, session);
    first.inbound(NO_BYTES, fromServer("tcp", SERVER, 80, port, SYN), 2000);
    const counts = [first.sessions.count, first.bindings.count, first.clients.count, first.ports.inUse];

    const second = createState({ buffer: first.buffer, seed: otherSeed, now: 3000 });
    expect([second.sessions.count, second.bindings.count, second.clients.count, second.ports.inUse]).toEqual(counts);
    expectConservation(second);
    expect(second.inbound(NO_BYTES, fromServer("tcp", SERVER, 80, port), 3000)).toBe(session);
    expect(second.sessions.via(session)).toBe(77);
    expect(second.remaining(session, 3000)).toBe(LIFETIMES.tcpEstablishedMs);
    second.expire(200 * MINUTE, 10_000);
    second.expire(210 * MINUTE, 10_000);
    expect([second.sessions.count, second.bindings.count, second.clients.count, second.ports.inUse]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(second.ports.ownedBlocks()).toBe(0);
  });

  it("under a clock that starts again continues as if no time had passed", () => {
    const first = createState({ now: 5_000_000 });
    const session = first.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 5_000_000);
    first.expire(5_100_000, 10);
    const second = createState({ buffer: first.buffer, now: 7 });
    expect(second.remaining(session, 7)).toBe(LIFETIMES.udpMs - 100_000);
  });

  it("ends sessions in time under lifetimes that are shorter than before", () => {
    const first = createState({ lifetimes: { ...LIFETIMES, udpMs: 10 * MINUTE } });
    const session = first.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0);
    const second = createState({ buffer: first.buffer });
    expect(second.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 1000)).toBe(session);
    second.expire(1000 + LIFETIMES.udpMs - 1, 100);
    expect(second.sessions.count).toBe(1);
    second.expire(1000 + LIFETIMES.udpMs + 1024, 100);
    expect(second.sessions.count).toBe(0);
  });

  it("keeps the address-dependent filter", () => {
    const first = createState({ filtering: "address-dependent" });
    const port = poolPort(first, first.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0));
    const second = createState({ filtering: "address-dependent", buffer: first.buffer });
    expect(second.inbound(NO_BYTES, fromServer("udp", SERVER, 5, port), 0)).toBeGreaterThanOrEqual(0);
    expect(second.inbound(NO_BYTES, fromServer("udp", OTHER_SERVER, 5, port), 0)).toBe(-reason("filtered"));
  });

  it("loses sessions that held a SYN, and sessions outside the new pool", () => {
    const first = createState({ filtering: "address-dependent" });
    const port = poolPort(first, first.outbound(fromClient("tcp", 1, 4000, 80, SYN), SERVER, 0, 0, 1, 0));
    expect(first.inbound(NO_BYTES, fromServer("tcp", OTHER_SERVER, 80, port, SYN), 0)).toBe(PACKET_HELD);
    const second = createState({ filtering: "address-dependent", buffer: first.buffer });
    expect(second.sessions.count).toBe(1);
    expectConservation(second);
    const pool = [
      {
        address: POOL + 1,
        exit: 0,
        ranges: [
          [1024, 5119],
          [1024, 5119],
          [0, 4095],
        ] as const,
      },
    ];
    const third = createState({ buffer: second.buffer, pool });
    expect([third.sessions.count, third.bindings.count, third.clients.count]).toEqual([0, 0, 0]);
  });

  it.each([
    ["too small", new ArrayBuffer(64), "buffer-too-small"],
    ["of something else", withWord(0, 0x7f454c46), "not-a-state"],
    ["of another version", withWord(1, 99), "wrong-version"],
    ["of another size", withWord(2, 17), "wrong-geometry"],
  ] as const)("%s is refused with a code", (_, buffer, code) => {
    expect(() => createState({ buffer })).toThrow(
      expect.objectContaining({ code } satisfies Partial<StateMemoryError>),
    );
  });

  it("whose records are garbage gives consistent tables", () => {
    const words = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.integer(), fc.nat(40), fc.constant(-1))), { maxLength: 200 });
    fc.assert(
      fc.property(words, (garbage) => {
        const first = createState({ sessions: 32 });
        fill(first, 20);
        const view = new Int32Array(first.buffer, 64, 33 * SESSION_WORDS + 32 * BINDING_WORDS);
        for (const [at, word] of garbage) view[at % view.length] = word;
        const second = createState({ sessions: 32, buffer: first.buffer, seed: otherSeed });
        expectConservation(second);
        fill(second, 40);
        expectConservation(second);
        for (let session = 0; session < 32; session++) if (second.sessions.binding(session) >= 0) second.end(session);
        expect([second.sessions.count, second.bindings.count, second.clients.count, second.ports.inUse]).toEqual([
          0, 0, 0, 0,
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

function withWord(word: number, value: number): ArrayBuffer {
  const { buffer } = createState();
  new Int32Array(buffer)[word] = value;
  return buffer;
}

describe("static bindings", () => {
  const entry = (clientPort: number, poolPortNumber: number, more: Partial<StaticEntry> = {}): StaticEntry => ({
    protocol: 1,
    client: fromClient("udp", 1, 0).tuple.source,
    clientPort,
    exit: 0,
    poolAddress: POOL,
    poolPort: poolPortNumber,
    via: 0,
    ...more,
  });

  it("RFC 6146 §3.1: map as configured, never expire, and keep their port from others", () => {
    const state = createState({
      pool: [
        {
          address: POOL,
          exit: 0,
          ranges: [
            [5000, 5003],
            [5000, 5003],
            [5000, 5003],
          ],
        },
      ],
      staticEntries: [entry(53, 5001)],
    });
    expect(poolPort(state, state.outbound(fromClient("udp", 1, 53), SERVER, 0, 0, 1, 0))).toBe(5001);
    const others = [1, 2, 3].map((i) => poolPort(state, state.outbound(fromClient("udp", 9, i), SERVER, 0, 0, 1, 0)));
    expect(others.sort()).toEqual([5000, 5002, 5003]);
    expect(state.outbound(fromClient("udp", 9, 4), SERVER, 0, 0, 1, 0)).toBe(-reason("ports-exhausted"));
    state.expire(LIFETIMES.udpMs + 2000, 100);
    expect([state.sessions.count, state.bindings.count]).toEqual([0, 1]);
    expectConservation(state);
  });

  it("may lie outside of the pool's ranges", () => {
    const state = createState({ staticEntries: [entry(53, 53)] });
    expect(poolPort(state, state.outbound(fromClient("udp", 1, 53), SERVER, 0, 0, 1, 0))).toBe(53);
    expectConservation(state);
  });

  it("that contradict each other are refused, with the index of the second", () => {
    const index = (entries: StaticEntry[]) => {
      try {
        createState({ staticEntries: entries });
      } catch (error) {
        return (error as StaticBindingError).index;
      }
      return -1;
    };
    expect(index([entry(53, 5001), entry(54, 5001)])).toBe(1);
    expect(index([entry(53, 5001), entry(53, 5002)])).toBe(1);
    expect(index([entry(53, 5001), entry(53, 5001, { protocol: 0 })])).toBe(-1);
  });

  it("survive with their sessions, come and go with the configuration, and win over dynamic ones", () => {
    const first = createState({ staticEntries: [entry(53, 5001), entry(54, 5002)] });
    const kept = first.outbound(fromClient("udp", 1, 53), SERVER, 0, 0, 1, 0);
    first.outbound(fromClient("udp", 1, 54), SERVER, 0, 0, 1, 0);
    const dynamic = first.outbound(fromClient("udp", 2, 99), SERVER, 0, 0, 1, 0);
    const port = poolPort(first, dynamic);
    const staticEntries = [entry(53, 5001), entry(55, port)];
    const second = createState({ buffer: first.buffer, staticEntries });
    expectConservation(second);
    expect(second.outbound(fromClient("udp", 1, 53), SERVER, 0, 0, 1, 1000)).toBe(kept);
    // 54 is dynamic now and ends with its session; 99 lost its port to the new static binding.
    expect(second.sessions.count).toBe(2);
    expect(second.bindings.count).toBe(3);
    second.expire(LIFETIMES.udpMs + 3000, 100);
    expect([second.sessions.count, second.bindings.count]).toEqual([0, 2]);
  });
});

describe("memory", () => {
  const pool = Array.from({ length: 16 }, (_, i) => ({
    address: POOL + i,
    exit: 0,
    ranges: [[0, 65535] as const, [0, 65535] as const, [0, 65535] as const] as const,
  }));

  it.each([
    ["endpoint-independent", 160],
    ["address-dependent", 176],
    ["address-and-port-dependent", 160],
  ] as const)(
    "with %s filtering is at most %d bytes for each of a million sessions with a BIB entry of its own",
    (filtering, bytes) => {
      const sessions = 1_000_000;
      expect(stateBytes({ sessions, clients: sessions / 4, filtering, pool }) / sessions).toBeLessThanOrEqual(bytes);
    },
  );

  it("is all in the one buffer: nothing is allocated for a session", () => {
    const state = createState();
    expect(state.sessions.records.buffer).toBe(state.buffer);
    expect(state.bindings.records.buffer).toBe(state.buffer);
  });
});
