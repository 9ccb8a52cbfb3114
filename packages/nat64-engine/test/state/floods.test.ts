/** Floods that open sessions and never answer, on a simulated clock: what an honest client keeps. */
import { expect, it } from "vitest";
import { UNLIMITED } from "../../src/limits/client-caps.ts";
import type { Nat64State } from "../../src/state/nat64-state.ts";
import {
  ACK,
  createState,
  FIN,
  fromClient,
  fromServer,
  NO_BYTES,
  POOL,
  poolPort,
  RST,
  SERVER,
  SYN,
} from "./support.ts";

const STEP_MS = 10;
/** When a server answers the honest client. */
const RTT_MS = 80;
const SESSIONS = 65_536;

/** A state of the default size, with one pool address and the caps of v6peerd. */
function create(): Nat64State {
  const cap = (part: number) => ({ ...UNLIMITED, sessions: SESSIONS / part });
  const all = [1024, 65_535] as const;
  return createState({
    sessions: SESSIONS,
    clients: SESSIONS / 4,
    limits: { "64": cap(16), "56": cap(8), "48": cap(4) },
    pool: [{ address: POOL, exit: 0, ranges: [all, all, [0, 65_535]] }],
  });
}

/** The honest client's number: another /48 than those of the floods. */
const HONEST = 0x7fff_0000;

/** A flow that waits for its answer. */
interface Pending {
  readonly at: number;
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly session: number;
  readonly pool: number;
}

/** An honest client: ten connections from the start, and one new connection and one query every 100 ms. */
class Honest {
  tried = 0;
  succeeded = 0;
  readonly #state: Nat64State;
  readonly #old: number[] = [];
  #pending: Pending[] = [];
  #open: { until: number; port: number; pool: number }[] = [];
  #port = 2000;

  constructor(state: Nat64State) {
    this.#state = state;
    for (let port = 1100; port < 1110; port++) {
      const session = this.#client("tcp", port, SYN, 0);
      this.#old.push(poolPort(state, session));
      expect(this.#server("tcp", poolPort(state, session), SYN | ACK, 0)).toBe(session);
      expect(this.#client("tcp", port, ACK, 0)).toBe(session);
    }
  }

  step(now: number): void {
    for (const each of this.#pending) if (each.at <= now) this.#answer(each, now);
    this.#pending = this.#pending.filter(({ at }) => at > now);
    for (const { port, pool } of this.#open.filter(({ until }) => until <= now)) {
      this.#client("tcp", port, FIN, now);
      this.#server("tcp", pool, FIN, now);
    }
    this.#open = this.#open.filter(({ until }) => until > now);
    if (now % 100 !== 0) return;
    for (const protocol of ["tcp", "udp"] as const) {
      const port = this.#port;
      this.#port = port === 60_000 ? 2000 : port + 1;
      this.tried++;
      const session = this.#client(protocol, port, SYN, now);
      if (session < 0) continue;
      this.#pending.push({ at: now + RTT_MS, protocol, port, session, pool: poolPort(this.#state, session) });
    }
  }

  /** How many of the ten old connections still work both ways. */
  established(now: number): number {
    return this.#old.filter((pool, i) => {
      const session = this.#client("tcp", 1100 + i, ACK, now);
      return session >= 0 && session === this.#server("tcp", pool, ACK, now);
    }).length;
  }

  #answer({ protocol, port, session, pool }: Pending, now: number): void {
    const isFor = this.#server(protocol, pool, SYN | ACK, now) === session;
    if (isFor && this.#client(protocol, port, ACK, now) === session) this.succeeded++;
    if (protocol === "tcp") this.#open.push({ until: now + 2000, port, pool });
  }

  #client(protocol: "tcp" | "udp", port: number, flags: number, now: number): number {
    return this.#state.outbound(fromClient(protocol, HONEST, port, 443, flags), SERVER, 0, 0, 1, now);
  }

  #server(protocol: "tcp" | "udp", pool: number, flags: number, now: number): number {
    return this.#state.inbound(NO_BYTES, fromServer(protocol, SERVER, 443, pool, flags), now);
  }
}

/** Where a flood comes from, by the number of a packet: the number of a client's /64. */
const SOURCES = {
  "one /64": () => 5,
  "one /48": (n: number) => n & 0xffff,
  "thousands of /48s": (n: number) => (1 + (n % 20_000)) << 16,
} as const;

interface Flood {
  readonly from: keyof typeof SOURCES;
  readonly protocol: "tcp" | "udp";
  readonly perSecond: number;
  readonly seconds: number;
  readonly destinations: number;
  readonly isReset: boolean;
}

const flood = (
  perSecond: number,
  seconds: number,
  from: Flood["from"],
  protocol: Flood["protocol"] = "tcp",
  destinations = 1,
  isReset = false,
): Flood => ({ from, protocol, perSecond, seconds, destinations, isReset });

it.each([
  flood(100, 600, "thousands of /48s"),
  flood(300, 600, "thousands of /48s"),
  flood(300, 600, "thousands of /48s", "tcp", 5000),
  flood(300, 600, "one /64"),
  flood(300, 600, "one /48", "tcp", 1, true),
  flood(2000, 100, "thousands of /48s", "udp"),
  flood(2000, 100, "one /48", "udp", 5000),
  flood(30_000, 5, "one /64"),
  flood(30_000, 5, "one /48"),
  flood(30_000, 5, "thousands of /48s"),
  flood(30_000, 5, "thousands of /48s", "tcp", 5000, true),
  flood(30_000, 5, "thousands of /48s", "udp"),
])(
  "$perSecond $protocol packets a second from $from to $destinations address(es), reset: $isReset, leave an honest client what it had",
  (f) => {
    const state = create();
    const honest = new Honest(state);
    const header = fromClient(f.protocol, 0, 0, 80, SYN);
    let sent = 0;
    for (let now = STEP_MS; now <= f.seconds * 1000; now += STEP_MS) {
      while (state.expire(now, 4096) === 0);
      for (; sent * 1000 < f.perSecond * now; sent++) {
        const client = SOURCES[f.from](sent);
        header.tuple.source[1] = 0x00010000 + client;
        header.tuple.source[3] = sent >> 6;
        header.tuple.sourcePort = 1024 + (sent % 64);
        const remote = SERVER + 100 + (sent % f.destinations);
        const session = state.outbound(header, remote, 0, 0, 1, now);
        if (!f.isReset || session < 0) continue;
        state.inbound(NO_BYTES, fromServer(f.protocol, remote, 80, poolPort(state, session), RST), now);
      }
      honest.step(now);
    }
    expect(honest.succeeded / (honest.tried - 2)).toBeGreaterThanOrEqual(0.99);
    expect(honest.established(f.seconds * 1000)).toBe(10);
  },
  120_000,
);
