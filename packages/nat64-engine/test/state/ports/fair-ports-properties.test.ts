/** Any traffic through few ports, with restarts and other configurations on the way: no port is lost, none has two owners. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { LOCAL_ONLY } from "../../../src/exits/choose-exit.ts";
import { Nat64State } from "../../../src/state/nat64-state.ts";
import type { PoolAddress } from "../../../src/state/ports/pool-address.ts";
import type { StateOptions } from "../../../src/state/state-options.ts";
import {
  ACK,
  FIN,
  fromClient,
  fromServer,
  LIFETIMES,
  NO_BYTES,
  POOL,
  RST,
  reason,
  SERVER,
  SYN,
  stateOptions,
} from "../support.ts";
import { expectPorts } from "./expect-ports.ts";

/** The local exit, and a peer exit with fewer ports. */
const pool = (ports: number, peer: number): readonly PoolAddress[] => [
  {
    address: POOL,
    exit: 0,
    ranges: [
      [1024, 1023 + ports],
      [1024, 1023 + ports],
      [1024, 1027],
    ],
  },
  {
    address: 2,
    exit: 2,
    ranges: [
      [1024, 1023 + peer],
      [1024, 1023 + peer],
      [1024, 1023 + peer],
    ],
  },
];

const STATIC = {
  protocol: 1,
  client: Int32Array.of(0x20010db8, 0x00050000, 0, 1),
  clientPort: 9,
  exit: 0,
  poolAddress: POOL,
  poolPort: 1025,
  via: 0,
};

const options = (ports: number, clients: number, peer = 3): StateOptions =>
  stateOptions({
    sessions: 48,
    clients,
    pool: pool(ports, peer),
    staticEntries: [STATIC],
    exits: { ...LOCAL_ONLY, choose: (_, low) => (low >>> 15) & 2, mayKeep: (exit) => exit === 0 || exit === 2 },
  });

/** Networks: four /48s, with two /56s, with two /64s each. */
const lows = [0, 1, 2, 3].flatMap((site) => [0, 1, 0x100, 0x101].map((rest) => (site << 16) | rest));

const step = fc.record({
  kind: fc.constantFrom(
    "out" as const,
    "out" as const,
    "out" as const,
    "out" as const,
    "in" as const,
    "sweep" as const,
  ),
  protocol: fc.constantFrom("tcp" as const, "udp" as const, "icmp" as const),
  low: fc.constantFrom(...lows),
  port: fc.nat(7),
  server: fc.nat(3),
  flags: fc.constantFrom(SYN, SYN, ACK, FIN, RST),
  wait: fc.oneof({ weight: 12, arbitrary: fc.nat(2000) }, fc.nat(100_000)),
  change: fc.oneof(
    { weight: 12, arbitrary: fc.constant("none" as const) },
    fc.constantFrom("reload" as const, "restart" as const),
  ),
});

function endIn(state: Nat64State, session: number): boolean {
  state.end(session);
  return true;
}

it("any traffic keeps the ports consistent, a static binding its port, and leaves nothing behind", () => {
  let given = 0;
  let retired = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 60, maxLength: 150 }), (steps) => {
      let state = new Nat64State(options(5, 32));
      let now = 0;
      for (const s of steps) {
        now += s.wait;
        const givenBefore = state.portsGiven;
        while (state.expire(now, 16) === 0);
        if (s.change === "reload") state.reconfigure({ ...options(4 + (now % 3), 32 + (now % 2)), now });
        else if (s.change === "restart") state = new Nat64State({ ...options(5, 32), buffer: state.buffer, now });
        if (state.isMigrating) state.migrate(now, 20, (session) => endIn(state, session));
        if (s.kind === "sweep") state.retired.advance(32);
        else if (s.kind === "in") {
          const header = fromServer(s.protocol, SERVER + s.server, 80, 1024 + s.port, s.flags, s.server & 1 ? POOL : 2);
          state.inbound(NO_BYTES, header, now);
        } else {
          const header = fromClient(s.protocol, 0, s.port, 80, s.flags);
          header.tuple.source[1] = s.low;
          const session = state.outbound(header, SERVER + s.server, 0, 0, 1, now);
          expect(session).toBeGreaterThan(-64);
          if (session >= 0 && session !== state.sessions.transient)
            expect(state.bindings.isRetired(state.sessions.binding(session))).toBe(false);
        }
        given += Math.max(0, state.portsGiven - givenBefore);
        retired = Math.max(retired, state.bindings.retired);
        if (!state.isMigrating) expectPorts(state);
        const fixed = state.bindings.findByPool(STATIC.poolAddress, STATIC.poolPort | (1 << 16));
        expect(state.bindings.isStatic(fixed)).toBe(true);
      }
      while (state.isMigrating) state.migrate(now, 100, (session) => endIn(state, session));
      for (let i = 0; i < 4; i++) {
        now += LIFETIMES.tcpEstablishedMs + 2000;
        while (state.expire(now, 50) === 0);
      }
      expect([state.sessions.count, state.bindings.count, state.ports.inUse]).toEqual([0, 1, 0]);
      expect([state.ports.popcount(), state.ports.ownedBlocks(), state.bindings.retired]).toEqual([0, 0, 0]);
      expectPorts(state);
    }),
    { numRuns: 100 },
  );
  expect(given).toBeGreaterThan(50);
  expect(retired).toBeGreaterThan(0);
});

it("a BIB entry that lost its port is not found again after a restart, and its sessions are gone", () => {
  const state = new Nat64State(options(5, 32, 2));
  const from = (low: number, port: number, server: number) => {
    const header = fromClient("udp", 0, port);
    header.tuple.source[1] = low;
    const session = state.outbound(header, SERVER + server, 0, 2, 1, 0);
    if (session >= 0) {
      const binding = state.sessions.binding(session);
      const port = state.bindings.poolPort(binding);
      state.inbound(NO_BYTES, fromServer("udp", SERVER + server, 80, port, 0, 2), 0);
    }
    return session;
  };
  for (const port of [1, 2])
    for (const server of [0, 1, 2]) expect(from(0x10000, port, server)).toBeGreaterThanOrEqual(0);
  expect(from(0x20000, 1, 0)).toBeGreaterThanOrEqual(0);
  expect([state.bindings.retired, state.bindings.count, state.sessions.count]).toEqual([1, 4, 6]);
  expect(from(0x10000, 3, 0)).toBe(-reason("ports-exhausted"));
  const next = new Nat64State({ ...options(5, 32, 2), buffer: state.buffer, now: 0 });
  expect([next.bindings.retired, next.bindings.count, next.sessions.count]).toEqual([0, 3, 4]);
  expectPorts(next);
});
