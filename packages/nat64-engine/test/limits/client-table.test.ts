import { describe, expect, it } from "vitest";
import { type ClientLimits, type PrefixLimits, UNLIMITED } from "../../src/limits/client-caps.ts";
import type { Nat64State } from "../../src/state/nat64-state.ts";
import {
  CLIENT_NET,
  createState,
  expectConservation,
  fromClient,
  fromServer,
  LIFETIMES,
  NO_BYTES,
  OTHER_SERVER,
  poolPort,
  RST,
  reason,
  SERVER,
  SYN,
} from "../state/support.ts";

const limit = (length: keyof ClientLimits, limits: Partial<PrefixLimits>): ClientLimits => ({
  "64": UNLIMITED,
  "56": UNLIMITED,
  "48": UNLIMITED,
  [length]: { ...UNLIMITED, ...limits },
});

/** For each prefix length: the number of a second client inside the same prefix, and of one outside of it. */
const neighbours = [
  ["64", 0, 1],
  ["56", 255, 256],
  ["48", 65535, -65536],
] as const;

let port = 1024;
const open = (state: Nat64State, client: number, now = 0): number =>
  state.outbound(fromClient("udp", client, port++), SERVER, 0, 0, 1, now);

describe.each(neighbours)("caps of a /%s", (length, inside, outside) => {
  it("bound the sessions of all clients in it, and of no others, when there is no room for more", () => {
    const state = createState({ sessions: 5, limits: limit(length, { sessions: 3 }) });
    for (const client of [0, inside, 0, inside]) expect(open(state, client)).toBeGreaterThanOrEqual(0);
    expect(open(state, outside)).toBeGreaterThanOrEqual(0);
    expect(open(state, inside)).toBe(-reason("cap-sessions"));
    expect(open(state, outside)).toBe(-reason("sessions-full"));
    state.end(0);
    expect(open(state, inside)).toBeGreaterThanOrEqual(0);
    expectConservation(state);
    state.expire(LIFETIMES.udpMs + 2000, 100);
    expect([state.sessions.count, state.clients.count]).toEqual([0, 0]);
  });

  it("bound the new sessions per second", () => {
    const state = createState({ limits: limit(length, { newSessionsPerSecond: 2 }) });
    expect(open(state, 0)).toBeGreaterThanOrEqual(0);
    expect(open(state, inside)).toBeGreaterThanOrEqual(0);
    expect(open(state, inside)).toBe(-reason("cap-new-sessions"));
    expect(open(state, outside)).toBeGreaterThanOrEqual(0);
    expect(open(state, 0, 499)).toBe(-reason("cap-new-sessions"));
    expect(open(state, inside, 500)).toBeGreaterThanOrEqual(0);
    expect(open(state, 0, 510)).toBe(-reason("cap-new-sessions"));
  });

  it("bound the packets per second; the segments of a super-packet count", () => {
    const state = createState({ limits: limit(length, { packetsPerSecond: 10 }) });
    const send = (client: number, segments: number, now: number): number =>
      state.outbound(fromClient("udp", client, 999), SERVER, 0, 0, segments, now);
    expect(send(0, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(send(inside, 44, 0)).toBeGreaterThanOrEqual(0);
    expect(send(inside, 1, 0)).toBe(-reason("cap-packets"));
    expect(send(0, 1, 3000)).toBe(-reason("cap-packets"));
    expect(send(outside, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(send(0, 1, 3700)).toBeGreaterThanOrEqual(0);
  });
});

it("all three lengths are enforced together, and one that refuses costs the others nothing", () => {
  const limits: ClientLimits = {
    "64": { ...UNLIMITED, sessions: 2 },
    "56": { ...UNLIMITED, sessions: 3 },
    "48": { ...UNLIMITED, sessions: 4 },
  };
  const state = createState({ sessions: 7, limits });
  for (const client of [0, 0, 1, 256, 0xa0000]) expect(open(state, client)).toBeGreaterThanOrEqual(0);
  const shares = [0, 1, 256, 0xa0000].map((client) =>
    state.clients.caps.isAtShare(state.clients.find(0, CLIENT_NET[0], CLIENT_NET[1] | client)),
  );
  expect(shares).toEqual([true, true, true, false]);
  for (let i = 0; i < 2; i++) expect(open(state, 0xa0000)).toBeGreaterThanOrEqual(0);
  for (const client of [0, 1, 512]) expect(open(state, client)).toBe(-reason("cap-sessions"));
  expect(state.sessions.count).toBe(7);
  expect(state.clients.count).toBe(3 + 1 + 2 + 3);
});

it("sessions that IPv4 endpoints make do not count against the client", () => {
  const state = createState({ sessions: 64, limits: limit("64", { sessions: 2 }) });
  const session = open(state, 0);
  const pool = poolPort(state, session);
  for (let from = 0; from < 100; from++)
    expect(state.inbound(NO_BYTES, fromServer("udp", OTHER_SERVER, from, pool), 0)).toBeGreaterThanOrEqual(0);
  expect(state.clients.caps.sessions(state.bindings.client(0))).toBe(1);
  expect(state.sessions.count).toBe(1 + 16);
  expectConservation(state);
});

it("a refused first packet leaves no record of the client", () => {
  const state = createState({ limits: limit("48", { newSessionsPerSecond: 0 }) });
  expect(open(state, 0)).toBe(-reason("cap-new-sessions"));
  expect([state.clients.count, state.bindings.count, state.ports.inUse]).toEqual([0, 0, 0]);
});

it("no prefix records are kept for lengths without limits", () => {
  const state = createState();
  open(state, 0);
  expect(state.clients.count).toBe(1);
});

describe("when records are few", () => {
  const twenty = { ...UNLIMITED, newSessionsPerSecond: 20 };
  const limits: ClientLimits = { "64": twenty, "56": twenty, "48": twenty };

  it("a client without room for all its prefix lengths is counted by its shortest, and leaves nothing behind", () => {
    const state = createState({ clients: 2, limits });
    expect(open(state, 0)).toBeGreaterThanOrEqual(0);
    expect([state.clients.count, state.clients.isCoarse(state.bindings.client(0))]).toEqual([1, true]);
    state.end(0);
    expect([state.clients.count, state.ports.inUse]).toEqual([0, 0]);
  });

  it("networks without end are let in, with the caps of a /48, and nothing is left behind", () => {
    const state = createState({ clients: 16, limits });
    for (let n = 0; n < 900; n++) expect(open(state, n << 16)).toBeGreaterThanOrEqual(0);
    expect(state.clients.count).toBe(16);
    const shared = new Set<number>();
    for (let binding = 0; binding < 900; binding++) shared.add(state.bindings.client(binding));
    // 4 of all three lengths, 4 of a /48 alone, and nearly all of the shared ones.
    expect(shared.size).toBeGreaterThan(200);
    // The cap of twenty new sessions holds for a /48 that is counted together with others, too.
    const results = Array.from({ length: 20 }, () => open(state, 899 << 16));
    expect(results).toContain(-reason("cap-new-sessions"));
    expectConservation(state);
    state.expire(LIFETIMES.udpMs + 2000, 5000);
    expect([state.clients.count, state.ports.inUse, state.ports.ownedBlocks()]).toEqual([0, 0, 0]);
    // Room again: the same client has a record of its own.
    const session = open(state, 899 << 16, LIFETIMES.udpMs + 2000);
    expect(state.clients.isCoarse(state.bindings.client(state.sessions.binding(session)))).toBe(false);
  });

  it("closed sessions give back the records of prefixes that have no other", () => {
    const state = createState({ clients: 16, limits });
    for (let n = 0; n < 16; n++) {
      const header = fromClient("tcp", n << 16, 5, 80, SYN);
      const given = poolPort(state, state.outbound(header, SERVER, 0, 0, 1, 0));
      state.inbound(NO_BYTES, fromServer("tcp", SERVER, 80, given, RST), 0);
    }
    const session = open(state, 99 << 16, 5000);
    expect(state.clients.isCoarse(state.bindings.client(state.sessions.binding(session)))).toBe(false);
    expect(state.sessionsReclaimed).toBe(4);
    expectConservation(state);
  });
});

it("rates above what a bucket can hold, and fractions of one per second, work", () => {
  const fast = createState({ limits: limit("64", { newSessionsPerSecond: 1e9, packetsPerSecond: 1e9 }) });
  for (let i = 0; i < 100; i++) expect(open(fast, 0, i * 3600_000)).toBeGreaterThanOrEqual(0);
  const slow = createState({ limits: limit("64", { newSessionsPerSecond: 0.5 }) });
  expect(open(slow, 0)).toBeGreaterThanOrEqual(0);
  expect(open(slow, 0, 1900)).toBe(-reason("cap-new-sessions"));
  expect(open(slow, 0, 4000)).toBeGreaterThanOrEqual(0);
});

describe.each([0.1, 0.5, 1.9, 3, 1500])("a rate of %d per second", (rate) => {
  /** How many of the attempts of 100 seconds, one each millisecond, are let through. */
  const admitted = (attempt: (now: number) => number): number => {
    let count = 0;
    for (let now = 0; now < 100_000; now++) if (attempt(now) >= 0) count++;
    return count;
  };
  const burst = Math.max(rate, 1);
  const expected = Math.min(100 * rate + burst, 100_000);

  it("is kept for new sessions, however often a client tries", () => {
    const state = createState({ limits: limit("64", { newSessionsPerSecond: rate }) });
    open(state, 0);
    const count = admitted((now) => {
      const session = state.outbound(fromClient("udp", 0, 999), SERVER, 0, 0, 1, now);
      if (session >= 0) state.end(session);
      return session;
    });
    expect(Math.abs(count + 1 - expected)).toBeLessThanOrEqual(Math.max(1, expected / 100));
  });

  it("is kept for packets, however often a client sends", () => {
    const state = createState({ limits: limit("64", { packetsPerSecond: rate }) });
    const packet = fromClient("udp", 0, 999);
    const count = admitted((now) => state.outbound(packet, SERVER, 0, 0, 1, now));
    expect(Math.abs(count - expected)).toBeLessThanOrEqual(Math.max(1, expected / 100));
  });
});

it("a rate of 0 lets nothing through", () => {
  const none = createState({ limits: limit("64", { newSessionsPerSecond: 0 }) });
  expect([open(none, 0), open(none, 0, 10_000)]).toEqual([-reason("cap-new-sessions"), -reason("cap-new-sessions")]);
});
