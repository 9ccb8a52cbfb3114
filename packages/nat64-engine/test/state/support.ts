import { expect } from "vitest";
import { Reason, type ReasonCode } from "../../src/drop-reasons.ts";
import { KeyedHash } from "../../src/hash/keyed-hash.ts";
import { UNLIMITED } from "../../src/limits/client-caps.ts";
import { IpHeader, Protocol, TcpFlag } from "../../src/packet/packet.ts";
import { HeldPackets } from "../../src/state/held/held-packets.ts";
import { Nat64State, type StateOptions } from "../../src/state/nat64-state.ts";
import { countsForClient, SessionClass, sessionClass } from "../../src/state/sessions/session-classes.ts";

/** The first address of the pool in these tests, 192.0.2.1. */
export const POOL = 0xc0000201 | 0;
/** 198.51.100.1, .2: servers. */
export const SERVER = 0xc6336401 | 0;
export const OTHER_SERVER = 0xc6336402 | 0;
/** The first two words of the clients' /48, 2001:db8:1::. */
export const CLIENT_NET: readonly [number, number] = [0x20010db8, 0x00010000];

export const SYN: number = TcpFlag.syn;
export const ACK: number = TcpFlag.ack;
export const FIN: number = TcpFlag.fin | TcpFlag.ack;
export const RST: number = TcpFlag.rst;

export const MINUTE = 60_000;

/** Lifetimes with the defaults of RFC 6146 §4. */
export const LIFETIMES: StateOptions["lifetimes"] = {
  udpMs: 5 * MINUTE,
  tcpEstablishedMs: 124 * MINUTE,
  tcpTransitoryMs: 4 * MINUTE,
  tcpIncomingSynMs: 6_000,
  icmpMs: MINUTE,
};

export function heldPackets(bytes = 64 * 1024): HeldPackets {
  return new HeldPackets(bytes, new KeyedHash(5, 6));
}

/** A state with small tables and one pool address; whatever a test is about is given. */
export function createState(options: Partial<StateOptions> = {}): Nat64State {
  return new Nat64State(stateOptions(options));
}

/** What {@link createState} makes a state from. */
export function stateOptions(options: Partial<StateOptions> = {}): StateOptions {
  return {
    sessions: 1024,
    clients: 256,
    filtering: "endpoint-independent",
    lifetimes: LIFETIMES,
    limits: { "64": UNLIMITED, "56": UNLIMITED, "48": UNLIMITED },
    // Few ports, as laying out 65,536 of them for each test takes longer than most tests.
    pool: [
      {
        address: POOL,
        exit: 0,
        ranges: [
          [1024, 5119],
          [1024, 5119],
          [0, 4095],
        ],
      },
    ],
    staticEntries: [],
    held: heldPackets(),
    seed: Int32Array.of(1, 2, 3, 4),
    now: 0,
    ...options,
  };
}

export const protocols: Record<"tcp" | "udp" | "icmp", readonly [number, number]> = {
  tcp: [Protocol.tcp, Protocol.tcp],
  udp: [Protocol.udp, Protocol.udp],
  icmp: [Protocol.icmpv6, Protocol.icmp],
};
export type ProtocolName = keyof typeof protocols;

/** A packet from client number `client` (a host in the /64 number `client` of the /48). */
export function fromClient(
  protocol: ProtocolName,
  client: number,
  port: number,
  serverPort = 80,
  tcpFlags = 0,
): IpHeader {
  const header = new IpHeader();
  header.family = 6;
  header.protocol = protocols[protocol][0];
  header.tuple.source.set([CLIENT_NET[0], CLIENT_NET[1] | client, 0, 0x100]);
  header.tuple.sourcePort = port;
  header.tuple.destinationPort = protocol === "icmp" ? port : serverPort;
  header.tcpFlags = tcpFlags;
  return header;
}

/** A packet from a server to a port of the pool. */
export function fromServer(
  protocol: ProtocolName,
  server: number,
  serverPort: number,
  port: number,
  tcpFlags = 0,
  address: number = POOL,
): IpHeader {
  const header = new IpHeader();
  header.family = 4;
  header.protocol = protocols[protocol][1];
  header.tuple.source[0] = server;
  header.tuple.destination[0] = address;
  header.tuple.sourcePort = protocol === "icmp" ? port : serverPort;
  header.tuple.destinationPort = port;
  header.tcpFlags = tcpFlags;
  header.length = 40;
  return header;
}

export const NO_BYTES: Uint8Array = new Uint8Array(2048);

/** The port that a session uses on the IPv4 side. */
export function poolPort(state: Nat64State, session: number): number {
  return state.bindings.poolPort(state.sessions.binding(session));
}

/** Every session that its client opened is answered, and the client sends again: none is unconfirmed any more. */
export function settleAll(state: Nat64State, now = 0): void {
  const { sessions, bindings } = state;
  const names = ["tcp", "udp", "icmp"] as const;
  for (let session = 0; session < sessions.capacity; session++) {
    const binding = sessions.binding(session);
    if (binding < 0) continue;
    const protocol = names[bindings.protocol(binding)];
    const remote = sessions.remoteAddress(session);
    const port = sessions.remotePort(session);
    const answer = fromServer(protocol, remote, port, bindings.poolPort(binding), SYN | ACK);
    answer.tuple.destination[0] = bindings.poolAddress(binding);
    expect(state.inbound(NO_BYTES, answer, now)).toBe(session);
    const header = fromClient(protocol, 0, bindings.clientPort(binding), port, ACK);
    bindings.copyClient(binding, header.tuple.source);
    expect(state.outbound(header, remote, sessions.via(session), 0, 1, now)).toBe(session);
  }
  expect(state.countsByClass()[SessionClass.unconfirmed]).toBe(0);
}

/** Shorthand for the number of a reason. */
export function reason(code: ReasonCode): number {
  return Reason[code];
}

/** Checks that all tables agree with each other: nothing leaked, nothing lost. */
export function expectConservation(state: Nat64State): void {
  const { sessions, bindings, clients, ports } = state;
  const perBinding = new Map<number, number>();
  const perClient = new Map<number, number>();
  const perClass = [0, 0, 0, 0];
  let live = 0;
  for (let session = 0; session < sessions.capacity; session++) {
    const binding = sessions.binding(session);
    if (binding < 0) continue;
    live++;
    perBinding.set(binding, (perBinding.get(binding) ?? 0) + 1);
    const client = bindings.client(binding);
    const kind = sessionClass(sessions.state(session));
    perClass[kind]++;
    perClient.set(client, (perClient.get(client) ?? 0) + (countsForClient(kind) ? 1 : 0));
    expect(sessions.find(binding, sessions.remoteAddress(session), sessions.remotePort(session))).toBe(session);
  }
  expect(live).toBe(sessions.count);
  expect(state.countsByClass()).toEqual(perClass);
  let entries = 0;
  let taken = 0;
  for (let binding = 0; binding < bindings.capacity; binding++) {
    if (!bindings.live(binding)) continue;
    entries++;
    expect(bindings.sessions(binding)).toBe(perBinding.get(binding) ?? 0);
    expect(bindings.sessions(binding) > 0 || bindings.isStatic(binding)).toBe(true);
    if (bindings.slot(binding) >= 0) {
      taken++;
      expect(ports.port(bindings.slot(binding))).toBe(bindings.poolPort(binding));
      expect(ports.address(bindings.slot(binding))).toBe(bindings.poolAddress(binding));
    }
    const poolKey = bindings.poolPort(binding) | (bindings.protocol(binding) << 16);
    expect(bindings.findByPool(bindings.poolAddress(binding), poolKey)).toBe(binding);
  }
  expect(entries).toBe(bindings.count);
  expect(ports.popcount()).toBe(taken);
  expect(ports.inUse).toBe(taken);
  for (const [client, count] of perClient) expect(clients.caps.sessions(client)).toBe(count);
}
