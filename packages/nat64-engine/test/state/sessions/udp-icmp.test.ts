import { describe, expect, it } from "vitest";
import { IpHeader } from "../../../src/packet/packet.ts";
import type { Nat64State } from "../../../src/state/nat64-state.ts";
import { listSessions } from "../../../src/state/sessions/list-sessions.ts";
import {
  createState,
  expectConservation,
  fromClient,
  fromServer,
  LIFETIMES,
  NO_BYTES,
  OTHER_SERVER,
  POOL,
  type ProtocolName,
  poolPort,
  reason,
  SERVER,
  SYN,
} from "../support.ts";

describe.each<["udp" | "icmp", number]>([
  ["udp", LIFETIMES.udpMs],
  ["icmp", LIFETIMES.icmpMs],
])("%s", (protocol, lifetime) => {
  it("RFC 6146 §3.5.1, §3.5.3: packets of either side renew the lifetime", () => {
    const state = createState();
    const session = state.outbound(fromClient(protocol, 1, 4000), SERVER, 0, 0, 1, 0);
    expect(state.remaining(session, 0)).toBe(lifetime);
    state.inbound(NO_BYTES, fromServer(protocol, SERVER, 80, poolPort(state, session)), 5000);
    expect(state.remaining(session, 5000)).toBe(lifetime);
    state.outbound(fromClient(protocol, 1, 4000), SERVER, 0, 0, 1, 9000);
    expect(state.remaining(session, 9000)).toBe(lifetime);
    state.expire(9000 + lifetime - 1, 1000);
    expect(state.sessions.count).toBe(1);
    state.expire(9000 + lifetime + 1024, 1000);
    expect([state.sessions.count, state.bindings.count, state.clients.count, state.ports.inUse]).toEqual([0, 0, 0, 0]);
    expect(state.sessionsExpired).toBe(1);
  });

  it("RFC 6146 §3.5.1, §3.5.3: the binding is endpoint-independent, one session for each IPv4 endpoint", () => {
    const state = createState();
    const first = state.outbound(fromClient(protocol, 1, 4000), SERVER, 0, 0, 1, 0);
    const second = state.outbound(fromClient(protocol, 1, 4000), OTHER_SERVER, 0, 0, 1, 0);
    expect(second).not.toBe(first);
    expect(poolPort(state, second)).toBe(poolPort(state, first));
    expect(state.bindings.count).toBe(1);
    expectConservation(state);
  });

  it("RFC 6146 §3.5.1, §3.5.3: the binding lives as long as its last session", () => {
    const state = createState();
    state.outbound(fromClient(protocol, 1, 4000), SERVER, 0, 0, 1, 0);
    state.outbound(fromClient(protocol, 1, 4000), OTHER_SERVER, 0, 0, 1, 30_000);
    state.expire(lifetime + 2000, 1000);
    expect([state.sessions.count, state.bindings.count]).toEqual([1, 1]);
    state.expire(lifetime + 32_000, 1000);
    expect([state.sessions.count, state.bindings.count]).toEqual([0, 0]);
  });
});

it("RFC 6146 §3.5.3: an ICMP session does not depend on ports, only on identifier and address", () => {
  const state = createState();
  const session = state.outbound(fromClient("icmp", 1, 77), SERVER, 0, 0, 1, 0);
  const identifier = poolPort(state, session);
  expect(state.inbound(NO_BYTES, fromServer("icmp", SERVER, 0, identifier), 0)).toBe(session);
  expect(state.sessions.remotePort(session)).toBe(0);
});

it("keeps protocols, clients and exits apart", () => {
  const state = createState({
    pool: [0, 1].map((exit) => ({
      address: POOL + exit,
      exit,
      ranges: [
        [1024, 9000],
        [1024, 9000],
        [0, 9000],
      ],
    })),
  });
  const bindings = new Set<number>();
  for (const protocol of ["tcp", "udp", "icmp"] as const) {
    for (const client of [1, 2]) {
      for (const exit of [0, 1]) {
        const session = state.outbound(fromClient(protocol, client, 5000, 80, SYN), SERVER, 0, exit, 1, 0);
        const binding = state.sessions.binding(session);
        bindings.add(binding);
        expect(state.bindings.poolAddress(binding)).toBe(POOL + exit);
        expect(state.bindings.exit(binding)).toBe(exit);
      }
    }
  }
  expect(bindings.size).toBe(12);
  expectConservation(state);
});

it("notes the prefix that the client used last", () => {
  const state = createState();
  const session = state.outbound(fromClient("udp", 1, 4000), SERVER, 3, 0, 1, 0);
  expect(state.outbound(fromClient("udp", 1, 4000), SERVER, 5, 0, 1, 0)).toBe(session);
  expect(state.sessions.via(session)).toBe(5);
  const other = state.inbound(NO_BYTES, fromServer("udp", OTHER_SERVER, 80, poolPort(state, session)), 0);
  expect(state.sessions.via(other)).toBe(5);
});

/** The header inside an ICMP error about a packet: with source and destination turned round. */
function turned(header: IpHeader): IpHeader {
  const inner = new IpHeader();
  inner.family = header.family;
  inner.protocol = header.protocol;
  inner.tuple.source.set(header.tuple.destination);
  inner.tuple.destination.set(header.tuple.source);
  inner.tuple.sourcePort = header.tuple.destinationPort;
  inner.tuple.destinationPort = header.tuple.sourcePort;
  return inner;
}

describe.each<ProtocolName>(["tcp", "udp", "icmp"])("ICMP errors about %s", (protocol) => {
  function withSession(): [Nat64State, number, IpHeader, IpHeader] {
    const state = createState();
    const outbound = fromClient(protocol, 1, 4000, 80, SYN);
    const session = state.outbound(outbound, SERVER, 0, 0, 1, 0);
    return [state, session, turned(outbound), turned(fromServer(protocol, SERVER, 80, poolPort(state, session)))];
  }

  it("find the session by the packet inside, from both sides, and renew nothing", () => {
    const [state, session, inner6, inner4] = withSession();
    expect(state.findOutboundError(inner6, SERVER, 0, 0)).toBe(session);
    expect(state.findInboundError(inner4, 0)).toBe(session);
    expect(state.remaining(session, 1000)).toBe(
      (protocol === "tcp" ? LIFETIMES.tcpTransitoryMs : LIFETIMES[`${protocol}Ms`]) - 1000,
    );
  });

  it("create no state if there is none", () => {
    const [state, , inner6, inner4] = withSession();
    expect(state.findOutboundError(inner6, OTHER_SERVER, 0, 0)).toBe(-reason("no-session"));
    inner4.tuple.destination[0] = OTHER_SERVER;
    expect(state.findInboundError(inner4, 0)).toBe(-reason("no-session"));
    inner6.tuple.destinationPort++;
    expect(state.findOutboundError(inner6, SERVER, 0, 0)).toBe(-reason("no-binding"));
    inner4.tuple.sourcePort ^= 1;
    expect(state.findInboundError(inner4, 0)).toBe(-reason("no-binding"));
    expect(state.sessions.count).toBe(1);
  });
});

it("refuses protocols without state", () => {
  const state = createState();
  const header = fromClient("udp", 1, 4000);
  header.protocol = 132;
  expect(state.outbound(header, SERVER, 0, 0, 1, 0)).toBe(-reason("unsupported-protocol"));
  expect(state.inbound(NO_BYTES, header, 0)).toBe(-reason("unsupported-protocol"));
  expect(state.findInboundError(header, 0)).toBe(-reason("unsupported-protocol"));
  expect(state.findOutboundError(header, SERVER, 0, 0)).toBe(-reason("unsupported-protocol"));
});

describe("full tables", () => {
  it("refuse new sessions and keep existing ones", () => {
    const state = createState({ sessions: 16 });
    for (let i = 0; i < 16; i++)
      expect(state.outbound(fromClient("udp", 1, 4000 + i), SERVER, 0, 0, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(state.outbound(fromClient("udp", 1, 5000), SERVER, 0, 0, 1, 0)).toBe(-reason("sessions-full"));
    expect(state.outbound(fromClient("udp", 1, 4000), OTHER_SERVER, 0, 0, 1, 0)).toBe(-reason("sessions-full"));
    expect(state.outbound(fromClient("udp", 1, 4000), SERVER, 0, 0, 1, 0)).toBeGreaterThanOrEqual(0);
    state.end(0);
    expect(state.outbound(fromClient("udp", 1, 5000), SERVER, 0, 0, 1, 0)).toBeGreaterThanOrEqual(0);
    expectConservation(state);
  });

  it("of clients count new client prefixes together", () => {
    const state = createState({ clients: 4 });
    for (let i = 0; i < 4; i++)
      expect(state.outbound(fromClient("udp", i, 4000), SERVER, 0, 0, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(state.outbound(fromClient("udp", 4, 4000), SERVER, 0, 0, 1, 0)).toBeGreaterThanOrEqual(0);
    expect(state.clients.isCoarse(state.bindings.client(4))).toBe(true);
    state.expire(LIFETIMES.udpMs + 2000, 100);
    expect(state.outbound(fromClient("udp", 4, 4000), SERVER, 0, 0, 1, LIFETIMES.udpMs + 2000)).toBeGreaterThanOrEqual(
      0,
    );
  });
});

it("lists sessions in slices", () => {
  const state = createState({ sessions: 100 });
  for (let i = 0; i < 30; i++) state.outbound(fromClient("tcp", i, 4000, 80, SYN), SERVER, i, 0, 1, 0);
  state.end(7);
  const seen = [];
  for (let from = 0; from >= 0; ) {
    const slice = listSessions(state, from, 16, 1000);
    seen.push(...slice.sessions);
    from = slice.next;
  }
  expect(seen.length).toBe(29);
  expect(seen[0]).toMatchObject({
    protocol: "tcp",
    clientPort: 4000,
    poolAddress: POOL,
    remoteAddress: SERVER,
    remotePort: 80,
    exit: 0,
    state: "V6 INIT",
    remaining: LIFETIMES.tcpTransitoryMs - 1000,
    static: false,
  });
});
