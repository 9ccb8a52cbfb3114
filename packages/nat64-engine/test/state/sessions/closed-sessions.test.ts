/** Closed TCP sessions: what is taken back when ports or records run out, and what never is. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExitChoice, LOCAL_ONLY } from "../../../src/exits/choose-exit.ts";
import { UNLIMITED } from "../../../src/limits/client-caps.ts";
import type { Nat64State } from "../../../src/state/nat64-state.ts";
import type { PoolAddress } from "../../../src/state/ports/pool-address.ts";
import { isClosed, SESSION_STATE_NAMES, SessionState } from "../../../src/state/sessions/tcp-state.ts";
import type { Filtering } from "../../../src/state/state-options.ts";
import {
  ACK,
  createState,
  expectConservation,
  FIN,
  fromClient,
  fromServer,
  LIFETIMES,
  MINUTE,
  NO_BYTES,
  OTHER_SERVER,
  POOL,
  poolPort,
  RST,
  reason,
  SERVER,
  SYN,
} from "../support.ts";

const PORTS_EXHAUSTED = -reason("ports-exhausted");
const SESSIONS_FULL = -reason("sessions-full");
const CAP = -reason("cap-sessions");

const fourPorts = (address = POOL, exit = 0): PoolAddress => ({
  address,
  exit,
  ranges: [
    [5000, 5003],
    [5000, 5003],
    [5000, 5003],
  ],
});

/** Connections of clients to one server, by the client's port. */
class Traffic {
  readonly state: Nat64State;
  now = 0;

  constructor(state: Nat64State) {
    this.state = state;
  }

  client(port: number, tcpFlags: number, server = SERVER): number {
    return this.state.outbound(fromClient("tcp", port, port, 80, tcpFlags), server, 0, 0, 1, this.now);
  }

  server(poolPortNumber: number, tcpFlags: number, address = POOL, server = SERVER): number {
    return this.state.inbound(NO_BYTES, fromServer("tcp", server, 80, poolPortNumber, tcpFlags, address), this.now);
  }

  /** Opens a connection; returns its port in the pool. */
  open(port: number, server = SERVER): number {
    const session = this.client(port, SYN, server);
    expect(session).toBeGreaterThanOrEqual(0);
    const given = poolPort(this.state, session);
    const address = this.state.bindings.poolAddress(this.state.sessions.binding(session));
    expect(this.server(given, SYN | ACK, address, server)).toBe(session);
    return given;
  }

  /** Closes it from both sides, the client first. */
  close(port: number, given: number, address = POOL, server = SERVER): void {
    this.client(port, FIN, server);
    this.server(given, FIN, address, server);
    this.client(port, ACK, server);
  }

  run(port: number): number {
    const given = this.open(port);
    this.close(port, given);
    return given;
  }
}

const small = () => new Traffic(createState({ pool: [fourPorts()] }));

describe("when there is no free port", () => {
  it("RFC 6888 REQ-8: a SYN gets the one of the mapping that has been closed the longest", () => {
    const traffic = small();
    const given = [1, 2, 3, 4].map((port) => {
      traffic.now += 1000;
      return traffic.open(port);
    });
    for (const port of [3, 1, 4, 2]) {
      traffic.now += 1000;
      traffic.close(port, given[port - 1]);
    }
    expect([5, 6, 7, 8].map((port) => traffic.open(port))).toEqual([3, 1, 4, 2].map((port) => given[port - 1]));
    expect(traffic.client(9, SYN)).toBe(PORTS_EXHAUSTED);
    expect(traffic.state.sessionsReclaimed).toBe(4);
    expectConservation(traffic.state);
  });

  it("a client may open and close connections without end", () => {
    const traffic = small();
    for (let port = 1; port <= 2000; port++) {
      traffic.now += 5;
      traffic.run(port);
    }
    expect(traffic.state.sessionsReclaimed).toBe(1996);
    expectConservation(traffic.state);
  });

  it.each([
    ["waits for its SYN ACK", [], ["V6 INIT"]],
    ["is established", ["4 SYN"], ["ESTABLISHED"]],
    ["is closed by one side", ["4 SYN", "6 FIN"], ["V6 FIN RCV"]],
    ["lived on after a RST", ["4 SYN", "4 RST", "6 ACK"], ["ESTABLISHED"]],
    ["was half closed, and lived on after a RST", ["4 SYN", "4 FIN", "6 RST", "6 ACK"], ["V4 FIN RCV"]],
    ["was refused and tries again", ["4 RST", "6 SYN"], ["V6 INIT"]],
    ["was opened again by the client after both FINs", ["4 SYN", "6 FIN", "4 FIN", "6 SYN"], ["V6 INIT"]],
    ["was opened again by the server after both FINs", ["4 SYN", "6 FIN", "4 FIN", "4 SYN"], ["V4 INIT"]],
  ])("a mapping whose connection %s is not taken", (_, segments, [name]) => {
    const traffic = small();
    for (const port of [1, 2, 3, 4]) {
      const session = traffic.client(port, SYN);
      const given = poolPort(traffic.state, session);
      for (const segment of segments) {
        const flags = { SYN, FIN, RST, ACK }[segment.slice(2) as "SYN"];
        expect(segment[0] === "6" ? traffic.client(port, flags) : traffic.server(given, flags)).toBe(session);
      }
      expect(SESSION_STATE_NAMES[traffic.state.sessions.state(session)]).toBe(name);
    }
    traffic.now += MINUTE;
    expect(traffic.client(9, SYN)).toBe(PORTS_EXHAUSTED);
    expect([traffic.state.sessions.count, traffic.state.sessionsReclaimed]).toEqual([4, 0]);
  });

  it.each([
    ["both FINs", ["4 SYN", "4 FIN", "6 FIN"]],
    ["a RST of the server", ["4 SYN", "4 RST"]],
    ["a RST of the client", ["4 SYN", "6 RST"]],
    ["a FIN and a RST", ["4 SYN", "4 FIN", "6 RST"]],
    ["a refusal", ["4 RST"]],
  ])("a mapping whose connection ended with %s is", (_, segments) => {
    const traffic = small();
    for (const port of [1, 2, 3, 4]) {
      const given = poolPort(traffic.state, traffic.client(port, SYN));
      for (const segment of segments) {
        const flags = { SYN, FIN, RST, ACK }[segment.slice(2) as "SYN"];
        if (segment[0] === "6") traffic.client(port, flags);
        else traffic.server(given, flags);
      }
    }
    for (const port of [5, 6, 7, 8]) expect(traffic.client(port, SYN)).toBeGreaterThanOrEqual(0);
    expect(traffic.client(9, SYN)).toBe(PORTS_EXHAUSTED);
    expectConservation(traffic.state);
  });

  it("a mapping with another session that is open stays, and so does that session", () => {
    const traffic = small();
    const given = [1, 2, 3, 4].map((port) => traffic.open(port));
    const other = traffic.client(1, SYN, OTHER_SERVER);
    traffic.close(1, given[0]);
    expect(traffic.client(9, SYN)).toBe(PORTS_EXHAUSTED);
    expect(traffic.client(1, ACK, OTHER_SERVER)).toBe(other);
    traffic.server(given[0], RST, POOL, OTHER_SERVER);
    expect(poolPort(traffic.state, traffic.client(9, SYN))).toBe(given[0]);
    expectConservation(traffic.state);
  });

  it("UDP and ICMP take nothing back, and their mappings are not taken", () => {
    const traffic = small();
    for (const port of [1, 2, 3, 4]) traffic.run(port);
    const query = (port: number) => traffic.state.outbound(fromClient("udp", port, port), SERVER, 0, 0, 1, traffic.now);
    for (const port of [1, 2, 3, 4]) expect(query(port)).toBeGreaterThanOrEqual(0);
    expect(query(5)).toBe(PORTS_EXHAUSTED);
    expect(traffic.state.sessions.count).toBe(8);
  });

  it("a static binding keeps its port, however long its connections have been closed", () => {
    const staticEntries = [
      {
        protocol: 0,
        client: fromClient("tcp", 1, 0).tuple.source,
        clientPort: 1,
        exit: 0,
        poolAddress: POOL,
        poolPort: 5001,
        via: 0,
      },
    ];
    const traffic = new Traffic(createState({ pool: [fourPorts()], staticEntries }));
    expect(traffic.run(1)).toBe(5001);
    for (const port of [2, 3, 4]) traffic.open(port);
    expect(traffic.client(5, SYN)).toBe(PORTS_EXHAUSTED);
    expect(poolPort(traffic.state, traffic.client(1, SYN))).toBe(5001);
    expectConservation(traffic.state);
  });

  it("of the client's exit, settled mappings of it go before the free ports of another exit, and fresh ones after", () => {
    const exits: ExitChoice = { ...LOCAL_ONLY, choose: () => 1, mayKeep: (exit) => exit > 0 };
    const exitOf = (traffic: Traffic, port: number) => {
      const session = traffic.client(port, SYN);
      return session < 0 ? session : traffic.state.bindings.poolAddress(traffic.state.sessions.binding(session));
    };
    const traffic = new Traffic(createState({ pool: [fourPorts(1, 1), fourPorts(2, 2)], exits }));
    const given = [1, 2, 3, 4].map((port) => traffic.open(port));
    traffic.close(1, given[0], 1);
    traffic.now += 4000;
    for (const port of [2, 3]) traffic.close(port, given[port - 1], 1);
    expect([5, 6, 7, 8, 9].map((port) => exitOf(traffic, port))).toEqual([1, 2, 2, 2, 2]);
    expect([10, 11, 12].map((port) => exitOf(traffic, port))).toEqual([1, 1, PORTS_EXHAUSTED]);
    expectConservation(traffic.state);
  });
});

describe("when there is no free session", () => {
  it("the one that has been closed the longest gives way, whatever its exit, and an open one never", () => {
    const exits: ExitChoice = { ...LOCAL_ONLY, choose: (_, low) => 1 + (low & 1), mayKeep: () => true };
    const traffic = new Traffic(createState({ sessions: 8, pool: [fourPorts(1, 1), fourPorts(2, 2)], exits }));
    const given = [1, 2, 3, 4, 5, 6, 7, 8].map((port) => traffic.open(port));
    for (const port of [6, 3, 8]) {
      traffic.now += 1000;
      traffic.close(port, given[port - 1], 1 + (port & 1));
    }
    const gone = (port: number) => traffic.client(port, ACK) === -reason("no-session");
    const query = (id: number) => traffic.state.outbound(fromClient("icmp", 9, id), SERVER, 0, 0, 1, traffic.now);
    for (const [id, left] of [
      [1, [false, true, true]],
      [2, [false, false, true]],
      [3, [false, false, false]],
    ] as const) {
      expect(query(id)).toBeGreaterThanOrEqual(0);
      expect([6, 3, 8].map((port) => !gone(port))).toEqual(left);
    }
    expect(query(4)).toBe(SESSIONS_FULL);
    expectConservation(traffic.state);
  });

  it("a binding whose last session gives way to another one of its own stays", () => {
    const traffic = new Traffic(createState({ sessions: 2 }));
    const given = traffic.run(1);
    traffic.open(2);
    expect(poolPort(traffic.state, traffic.client(1, SYN, OTHER_SERVER))).toBe(given);
    expect([traffic.state.sessions.count, traffic.state.bindings.count]).toEqual([2, 2]);
    expect(traffic.client(1, SYN, SERVER)).toBe(SESSIONS_FULL);
    expectConservation(traffic.state);
  });
});

describe("caps", () => {
  /** Caps of three sessions, and a table with room for so many. */
  const capped = (sessions: number) =>
    new Traffic(
      createState({ sessions, limits: { "64": UNLIMITED, "56": UNLIMITED, "48": { ...UNLIMITED, sessions: 3 } } }),
    );

  it("count the sessions that are open", () => {
    const traffic = capped(20);
    for (let port = 1; port <= 50; port++) traffic.run(port);
    // Beyond the cap, too, as long as closed sessions give their places.
    for (let port = 60; port < 80; port++) traffic.open(port);
    expect(traffic.client(90, SYN)).toBe(CAP);
    expect(traffic.state.sessions.count).toBe(20);
    expectConservation(traffic.state);
  });

  it("hold for sessions that would be open again in a full table: their SYNs are refused, other segments leave them closed", () => {
    const traffic = capped(5);
    const both = traffic.run(1);
    const session = traffic.client(2, SYN);
    traffic.server(poolPort(traffic.state, session), SYN | ACK);
    traffic.client(2, RST);
    for (const port of [60, 61, 62]) traffic.open(port);
    expect(traffic.client(1, SYN)).toBe(CAP);
    expect(traffic.server(both, SYN)).toBe(CAP);
    expect(traffic.client(2, SYN)).toBe(CAP);
    expect(traffic.client(2, ACK)).toBe(session);
    expect(traffic.state.sessions.state(session)).toBe(SessionState.reset);
    traffic.client(60, RST);
    expect(traffic.client(2, ACK)).toBe(session);
    expect(traffic.state.sessions.state(session)).toBe(SessionState.established);
    expectConservation(traffic.state);
  });
});

it("a reused buffer keeps closed sessions in order, without their acknowledgments", () => {
  const first = small();
  const given = [1, 2, 3, 4].map((port) => first.open(port));
  for (const port of [3, 1, 4, 2]) {
    first.now += 1000;
    first.close(port, given[port - 1]);
    first.state.noteAcknowledged(first.client(port, ACK), 0x7fffffff);
  }
  const buffer = first.state.buffer;
  const second = new Traffic(createState({ buffer, pool: [fourPorts()], seed: Int32Array.of(9, 8, 7, 6), now: 5000 }));
  second.now = 5000;
  expectConservation(second.state);
  expect([5, 6, 7, 8].map((port) => second.open(port))).toEqual([3, 1, 4, 2].map((port) => given[port - 1]));
  expectConservation(second.state);
});

const anyStep = fc.record({
  inbound: fc.boolean(),
  udp: fc.nat(9).map((n) => n === 0),
  client: fc.nat(3),
  port: fc.integer({ min: 5000, max: 5007 }),
  server: fc.nat(1),
  flags: fc.constantFrom(SYN, SYN | ACK, ACK, FIN, FIN, RST),
  wait: fc.oneof({ weight: 12, arbitrary: fc.nat(3000) }, fc.nat(300_000)),
});

/** A mapping that may be taken back: dynamic, TCP, and all its sessions closed. */
function isTakeable({ sessions, bindings }: Nat64State, binding: number): boolean {
  if (!bindings.live(binding) || bindings.protocol(binding) !== 0 || bindings.isStatic(binding)) return false;
  for (let session = 0; session < sessions.capacity; session++) {
    if (sessions.binding(session) === binding && !isClosed(sessions.state(session))) return false;
  }
  return true;
}

it.each<Filtering>(["endpoint-independent", "address-dependent", "address-and-port-dependent"])(
  "whatever happens, no open session is taken, and no SYN is refused for want of a port while a closed mapping has one (%s filtering)",
  (filtering) => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200 }), (steps) => {
        const state = createState({ filtering, sessions: 12, clients: 16, pool: [fourPorts()] });
        const { sessions, bindings } = state;
        let now = 0;
        for (const s of steps) {
          now += s.wait;
          while (state.expire(now, 50) === 0);
          const open = new Map<number, number>();
          let over = 0;
          for (let session = 0; session < sessions.capacity; session++) {
            const binding = sessions.binding(session);
            if (binding < 0 || isClosed(sessions.state(session))) continue;
            // The timers may come to a session some time after its lifetime is over; a packet of it ends it then.
            if (state.remaining(session, now) <= 0) over++;
            else open.set(session, binding);
          }
          const protocol = s.udp ? "udp" : "tcp";
          const result = s.inbound
            ? state.inbound(NO_BYTES, fromServer(protocol, SERVER + s.server, 80, s.port, s.flags), now)
            : state.outbound(fromClient(protocol, s.client, s.port, 80, s.flags), SERVER + s.server, 0, 0, 1, now);
          for (const [session, binding] of open) expect(sessions.binding(session)).toBe(binding);
          if (result === PORTS_EXHAUSTED && !s.udp) {
            expect(Array.from({ length: 12 }, (_, binding) => isTakeable(state, binding))).not.toContain(true);
          }
          if (result === SESSIONS_FULL) expect(open.size + over).toBe(12);
          if (result >= 0 && result !== sessions.transient) expect(bindings.live(sessions.binding(result))).toBe(true);
        }
        expectConservation(state);
        for (let i = 0; i < 4; i++) {
          now += LIFETIMES.tcpEstablishedMs + 2000;
          while (state.expire(now, 50) === 0);
        }
        expect([sessions.count, bindings.count, state.clients.count, state.ports.inUse]).toEqual([0, 0, 0, 0]);
        expect([state.ports.popcount(), state.ports.ownedBlocks()]).toEqual([0, 0]);
      }),
    );
  },
);

it("one packet ends no more closed sessions than its allowance, on however many exits it looks for a port", () => {
  const onePort = (exit: number): PoolAddress => ({ address: exit, exit, ranges: [[5000, 5000], null, null] });
  const exits: ExitChoice = { ...LOCAL_ONLY, choose: (_, low) => 1 + (low & 1), mayKeep: () => true };
  const pool = [onePort(1), onePort(2)];
  const traffic = new Traffic(createState({ pool, exits }));
  for (const client of [2, 3]) {
    // One mapping with 100 connections to as many servers: all but one are closed.
    for (let server = 0; server <= 100; server++) {
      const given = traffic.open(client, SERVER + server);
      if (server > 0) traffic.close(client, given, 1 + (client & 1), SERVER + server);
    }
  }
  expect(traffic.state.sessions.count).toBe(202);
  traffic.now = MINUTE;
  expect(traffic.client(4, SYN)).toBe(PORTS_EXHAUSTED);
  expect(traffic.state.sessionsReclaimed).toBe(64);
});
