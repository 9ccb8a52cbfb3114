/** Networks that try to take all ports of each exit, on a simulated clock: what a newcomer gets. */
import { expect, it } from "vitest";
import { LOCAL_ONLY } from "../../../src/exits/choose-exit.ts";
import type { IpHeader } from "../../../src/packet/packet.ts";
import type { Nat64State } from "../../../src/state/nat64-state.ts";
import { peerExitPool } from "../../../src/state/ports/pool-address.ts";
import {
  ACK,
  createState,
  fromClient,
  fromServer,
  NO_BYTES,
  type ProtocolName,
  poolPort,
  SERVER,
  SYN,
} from "../support.ts";
import { expectPorts } from "./expect-ports.ts";

const EXITS = 2;
const PORTS = 4096;
const RTT_MS = 80;

/** A state with peer exits of 4,096 ports. */
function create(sessions = 32_768, exits = EXITS): Nat64State {
  return createState({
    sessions,
    clients: 8192,
    pool: peerExitPool((exit) => (exit <= exits ? PORTS : 0)),
    exits: {
      ...LOCAL_ONLY,
      choose: (_, low) => 1 + ((Math.imul(low, 0x9e3779b1) >>> 16) % exits),
      mayKeep: (exit) => exit >= 1 && exit <= exits,
    },
  });
}

/** The server answers on the pool's side of a session; one packet, from the port that it got. */
function answer(state: Nat64State, session: number, protocol: ProtocolName, now: number): number {
  const binding = state.sessions.binding(session);
  const { bindings, sessions } = state;
  const remote = sessions.remoteAddress(session);
  const port = sessions.remotePort(session);
  const header = fromServer(protocol, remote, port, poolPort(state, session), SYN | ACK, bindings.poolAddress(binding));
  return state.inbound(NO_BYTES, header, now);
}

/** A packet of host `host` in the network whose second word is `low`. */
function packet(protocol: ProtocolName, low: number, host: number, port: number): IpHeader {
  const header = fromClient(protocol, 0, port, 80, SYN);
  header.tuple.source[1] = low;
  header.tuple.source[3] = host;
  return header;
}

const ATTACKER = 0x0666_0000;
const HONEST = 0x0777_0100;

/** Where a packet of the flood comes from: the second word of its address, by its number. */
const SOURCES = {
  "one /64": () => ATTACKER,
  "one /56": (n: number) => ATTACKER | (n & 0xff),
  "one /48": (n: number) => ATTACKER | (n & 0xffff),
  "5,000 /48s in turn": (n: number) => (0x1000 + (n % 5000)) << 16,
} as const;

interface Flood {
  readonly from: keyof typeof SOURCES;
  readonly protocol: ProtocolName;
  readonly isAnswered: boolean;
  readonly perSecond: number;
  /** Destinations of each port. */
  readonly flows: number;
}

/** The flood takes all ports of all exits, and goes on for five seconds. Meanwhile an honest client opens ten connections a second. */
function run(state: Nat64State, flood: Flood, honest = HONEST): number {
  const pending: { at: number; session: number; port: number }[] = [];
  let tried = 0;
  let succeeded = 0;
  let sent = 0;
  const send = (now: number): void => {
    const header = packet(flood.protocol, SOURCES[flood.from](sent), sent >>> 6, 1024 + (sent % 60_000));
    sent++;
    for (let flow = 0; flow < flood.flows; flow++) {
      const session = state.outbound(header, SERVER + 1000 + flow, 0, 0, 1, now);
      if (session >= 0 && flood.isAnswered) answer(state, session, flood.protocol, now);
    }
  };
  for (let filled = 0; filled < 1.5 * EXITS * PORTS; filled++) send(0);
  for (let now = 20; now <= 5000; now += 20) {
    while (state.expire(now, 4096) === 0);
    state.retired.advance(4096);
    for (let i = 0; i < flood.perSecond / 50; i++) send(now);
    while (pending.length > 0 && pending[0].at <= now) {
      const { session, port } = pending.shift() as (typeof pending)[0];
      const isKept = state.sessions.binding(session) >= 0 && state.sessions.remoteAddress(session) === SERVER;
      if (!isKept || answer(state, session, flood.protocol, now) !== session) continue;
      const last = packet(flood.protocol, honest, 1, port);
      last.tcpFlags = ACK;
      if (state.outbound(last, SERVER, 0, 0, 1, now) === session) succeeded++;
    }
    if (now % 100 !== 0) continue;
    const port = 2000 + tried++;
    const session = state.outbound(packet(flood.protocol, honest, 1, port), SERVER, 0, 0, 1, now);
    if (session >= 0) pending.push({ at: now + RTT_MS, session, port });
  }
  expectPorts(state);
  return succeeded / (tried - pending.length);
}

const PROTOCOLS = ["udp", "tcp", "icmp"] as const;

it.each(
  (Object.keys(SOURCES) as (keyof typeof SOURCES)[]).flatMap((from) =>
    PROTOCOLS.flatMap((protocol) => [true, false].map((isAnswered) => ({ from, protocol, isAnswered }))),
  ),
)(
  "$protocol from $from, answered: $isAnswered, leaves a newcomer his connections",
  ({ from, protocol, isAnswered }) => {
    const state = create();
    const part = run(state, { from, protocol, isAnswered, perSecond: 2000, flows: 1 });
    expect(part).toBeGreaterThanOrEqual(0.99);
  },
);

it.each(["udp", "tcp"] as const)(
  "a %s flood whose ports have three destinations each leaves a newcomer his connections",
  (protocol) => {
    const state = create();
    const part = run(state, { from: "one /48", protocol, isAnswered: true, perSecond: 2000, flows: 3 });
    expect(part).toBeGreaterThanOrEqual(0.99);
    for (let i = 0; state.retired.isAny && i < 100; i++) state.retired.advance(4096);
    expect(state.retired.isAny).toBe(false);
    expectPorts(state);
    const gone = state.sessionsExpired + state.sessionsReclaimed + state.retired.ended;
    const evicted = state.sessionsEvicted.reduce((sum, count) => sum + count, 0);
    expect(state.sessionsCreated - state.sessions.count).toBe(gone + evicted);
    expect(state.retired.ended).toBeGreaterThan(0);
  },
);
