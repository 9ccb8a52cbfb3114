/** An office behind one /64, on an otherwise idle translator with the settings of v6peerd, on a simulated clock. */
import { expect, it } from "vitest";
import { UNLIMITED } from "../../src/limits/client-caps.ts";
import type { Nat64State } from "../../src/state/nat64-state.ts";
import {
  ACK,
  createState,
  expectConservation,
  FIN,
  fromClient,
  fromServer,
  NO_BYTES,
  POOL,
  poolPort,
  SERVER,
  SYN,
} from "./support.ts";

const STEP_MS = 20;
const CONNECTIONS_PER_SECOND = 60;
const QUESTIONS_PER_SECOND = 200;
const RTT_STEPS = 2;

/** Caps as v6peerd sets them, and one address of 64,512 ports. */
function create(sessions: number): Nat64State {
  const cap = (part: number) => ({ ...UNLIMITED, sessions: sessions / part });
  const all = [1024, 65_535] as const;
  return createState({
    sessions,
    clients: Math.max(4096, sessions >> 2),
    limits: { "64": cap(16), "56": cap(8), "48": cap(4) },
    pool: [{ address: POOL, exit: 0, ranges: [all, all, [0, 65_535]] }],
  });
}

/** What is to happen in a step: packets of hosts that have a session. */
type Plan = Map<number, (() => void)[]>;

/** Hosts of one /64, each with its own ports. */
class Office {
  tried = 0;
  refused = 0;
  /** Packets that did not find the session that they belong to. */
  lost = 0;
  readonly #state: Nat64State;
  readonly #plan: Plan = new Map();
  #number = 0;
  #step = 0;

  constructor(state: Nat64State) {
    this.#state = state;
  }

  step(): void {
    this.#step++;
    for (const happen of this.#plan.get(this.#step) ?? []) happen();
    this.#plan.delete(this.#step);
    for (let n = this.#due(CONNECTIONS_PER_SECOND); n > 0; n--) this.#connect();
    for (let n = this.#due(QUESTIONS_PER_SECOND); n > 0; n--) this.#ask();
  }

  /** How many of so many a second begin in this step. */
  #due(perSecond: number): number {
    const until = (step: number): number => Math.floor((step * STEP_MS * perSecond) / 1000);
    return until(this.#step) - until(this.#step - 1);
  }

  /** A page: half of them end at once, the others with keep-alive after up to a minute; one in a hundred is left open. */
  #connect(): void {
    const [host, port] = this.#place();
    const session = this.#out("tcp", host, port, 443, SYN);
    if (session < 0) return;
    const pool = poolPort(this.#state, session);
    const number = this.#number;
    const back = (flags: number) => () => this.#expect(session, this.#in("tcp", pool, 443, flags));
    const go = (flags: number) => () => this.#expect(session, this.#send("tcp", host, port, 443, flags));
    this.#at(RTT_STEPS, back(SYN | ACK));
    this.#at(RTT_STEPS, go(ACK));
    if (number % 100 === 0) return;
    const until = RTT_STEPS + (number % 2 === 0 ? 20 : (number % 60) * 50);
    this.#at(until, go(FIN));
    this.#at(until + RTT_STEPS, back(FIN));
    this.#at(until + RTT_STEPS, go(ACK));
  }

  #ask(): void {
    const [host, port] = this.#place();
    const session = this.#out("udp", host, port, 53, 0);
    if (session < 0) return;
    const pool = poolPort(this.#state, session);
    this.#at(RTT_STEPS, () => this.#expect(session, this.#in("udp", pool, 53, 0)));
  }

  /** A host and a port that it has not used for long. */
  #place(): readonly [number, number] {
    const number = this.#number++;
    return [number % 50, 1024 + (Math.floor(number / 50) % 60_000)];
  }

  #out(protocol: "tcp" | "udp", host: number, port: number, to: number, flags: number): number {
    this.tried++;
    const session = this.#send(protocol, host, port, to, flags);
    if (session < 0) this.refused++;
    return session;
  }

  #send(protocol: "tcp" | "udp", host: number, port: number, to: number, flags: number): number {
    const header = fromClient(protocol, 9, port, to, flags);
    header.tuple.source[3] = host;
    return this.#state.outbound(header, SERVER + (port & 255), 0, 0, 1, this.#step * STEP_MS);
  }

  #in(protocol: "tcp" | "udp", pool: number, from: number, flags: number): number {
    const session = this.#sessionAt(protocol, pool);
    const address = session < 0 ? SERVER : this.#state.sessions.remoteAddress(session);
    const header = fromServer(protocol, address, from, pool, flags);
    return this.#state.inbound(NO_BYTES, header, this.#step * STEP_MS);
  }

  #sessionAt(protocol: "tcp" | "udp", pool: number): number {
    const binding = this.#state.bindings.findByPool(POOL, pool | (protocol === "udp" ? 1 << 16 : 0));
    return binding < 0 ? -1 : this.#state.bindings.recent(binding);
  }

  #expect(session: number, found: number): void {
    if (found !== session) this.lost++;
  }

  #at(steps: number, happen: () => void): void {
    const step = this.#step + steps;
    const list = this.#plan.get(step);
    if (list === undefined) this.#plan.set(step, [happen]);
    else list.push(happen);
  }
}

it.each([
  { sessions: 65_536, minutes: 20 },
  { sessions: 16_384, minutes: 6 },
])(
  "60 connections and 200 DNS questions a second are carried for $minutes minutes, with a table of $sessions sessions",
  ({ sessions, minutes }) => {
    const state = create(sessions);
    const office = new Office(state);
    for (let step = 1; step * STEP_MS <= minutes * 60_000; step++) {
      while (state.expire(step * STEP_MS, 4096) === 0);
      office.step();
    }
    expect(office.tried).toBe(minutes * 60 * (CONNECTIONS_PER_SECOND + QUESTIONS_PER_SECOND));
    expect([office.refused, office.lost]).toEqual([0, 0]);
    expect([...state.sessionsEvicted]).toEqual([0, 0, 0, 0]);
    expectConservation(state);
  },
  60_000,
);
