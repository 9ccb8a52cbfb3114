import { describe, expect, it } from "vitest";
import { type ClientLimits, type PrefixLimits, UNLIMITED } from "../../src/limits/client-caps.ts";
import type { Nat64State } from "../../src/state/nat64-state.ts";
import {
  createState,
  expectConservation,
  fromClient,
  fromServer,
  LIFETIMES,
  NO_BYTES,
  OTHER_SERVER,
  poolPort,
  reason,
  SERVER,
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
  it("bound the sessions of all clients in it, and of no others", () => {
    const state = createState({ limits: limit(length, { sessions: 3 }) });
    for (const client of [0, inside, 0]) expect(open(state, client)).toBeGreaterThanOrEqual(0);
    expect(open(state, inside)).toBe(-reason("cap-sessions"));
    expect(open(state, outside)).toBeGreaterThanOrEqual(0);
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
  const state = createState({ limits });
  expect([open(state, 0), open(state, 0)].every((session) => session >= 0)).toBe(true);
  expect(open(state, 0)).toBe(-reason("cap-sessions"));
  expect(open(state, 1)).toBeGreaterThanOrEqual(0);
  expect(open(state, 2)).toBe(-reason("cap-sessions"));
  expect(open(state, 256)).toBeGreaterThanOrEqual(0);
  expect(open(state, 512)).toBe(-reason("cap-sessions"));
  expect(state.sessions.count).toBe(4);
  expect(state.clients.count).toBe(3 + 2 + 1);
});

it("sessions that IPv4 endpoints make count against the client", () => {
  const state = createState({ limits: limit("64", { sessions: 2 }) });
  const pool = poolPort(state, open(state, 0));
  expect(state.inbound(NO_BYTES, fromServer("udp", OTHER_SERVER, 1, pool), 0)).toBeGreaterThanOrEqual(0);
  expect(state.inbound(NO_BYTES, fromServer("udp", OTHER_SERVER, 2, pool), 0)).toBe(-reason("cap-sessions"));
});

it("a refused first packet leaves no record of the client", () => {
  const state = createState({ limits: limit("48", { sessions: 0 }) });
  expect(open(state, 0)).toBe(-reason("cap-sessions"));
  expect([state.clients.count, state.bindings.count, state.ports.inUse]).toEqual([0, 0, 0]);
});

it("no prefix records are kept for lengths without limits", () => {
  const state = createState();
  open(state, 0);
  expect(state.clients.count).toBe(1);
});

it("a table too small for all prefix lengths of a client refuses it and leaves nothing behind", () => {
  const state = createState({
    clients: 2,
    limits: {
      "64": { ...UNLIMITED, sessions: 9 },
      "56": { ...UNLIMITED, sessions: 9 },
      "48": { ...UNLIMITED, sessions: 9 },
    },
  });
  expect(open(state, 0)).toBe(-reason("clients-full"));
  expect(state.clients.count).toBe(0);
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
