import { describe, expect, it } from "vitest";
import type { Nat64State } from "../../../src/state/nat64-state.ts";
import { SESSION_STATE_NAMES } from "../../../src/state/sessions/tcp-state.ts";
import {
  ACK,
  createState,
  FIN,
  fromClient,
  fromServer,
  LIFETIMES,
  NO_BYTES,
  poolPort,
  RST,
  reason,
  SERVER,
  SYN,
} from "../support.ts";

type EventName = "V6 SYN" | "V6 FIN" | "V6 RST" | "V6 data" | "V4 SYN" | "V4 FIN" | "V4 RST" | "V4 data";

const flags = { SYN, FIN, RST, data: ACK };

/** One connection, driven by events; the clock goes on by a second with each. */
class Connection {
  readonly state: Nat64State = createState();
  session = -1;
  port = 0;
  now = 0;

  constructor() {
    // A binding of the client's port, made by a connection to another server, so that a V4 SYN can come first.
    const other = this.state.outbound(fromClient("tcp", 1, 4000, 81, SYN), SERVER, 0, 0, 1, 0);
    this.port = poolPort(this.state, other);
  }

  on(event: EventName): number {
    this.now += 1000;
    const [side, kind] = event.split(" ") as ["V4" | "V6", keyof typeof flags];
    const result =
      side === "V6"
        ? this.state.outbound(fromClient("tcp", 1, 4000, 80, flags[kind]), SERVER, 0, 0, 1, this.now)
        : this.state.inbound(NO_BYTES, fromServer("tcp", SERVER, 80, this.port, flags[kind]), this.now);
    if (result !== this.state.sessions.transient) this.session = result;
    return result;
  }

  get name(): string {
    return SESSION_STATE_NAMES[this.state.sessions.state(this.session)];
  }

  get remaining(): number {
    return this.state.remaining(this.session, this.now);
  }
}

/** How to get into each state. */
const ways: Record<string, readonly EventName[]> = {
  "V4 INIT": ["V4 SYN"],
  "V6 INIT": ["V6 SYN"],
  ESTABLISHED: ["V6 SYN", "V4 SYN"],
  "V4 FIN RCV": ["V6 SYN", "V4 SYN", "V4 FIN"],
  "V6 FIN RCV": ["V6 SYN", "V4 SYN", "V6 FIN"],
  "V4 FIN + V6 FIN RCV": ["V6 SYN", "V4 SYN", "V6 FIN", "V4 FIN"],
  TRANS: ["V6 SYN", "V4 SYN", "V4 RST"],
};

const EST = LIFETIMES.tcpEstablishedMs;
const TRANS = LIFETIMES.tcpTransitoryMs;

/** Next state and new lifetime for events that do more than pass, from the text of RFC 6146 §3.5.2.2. */
const changes: Record<string, Partial<Record<EventName, readonly [string, number]>>> = {
  "V4 INIT": { "V6 SYN": ["ESTABLISHED", EST] },
  "V6 INIT": { "V4 SYN": ["ESTABLISHED", EST], "V6 SYN": ["V6 INIT", TRANS] },
  ESTABLISHED: {
    "V4 FIN": ["V4 FIN RCV", EST],
    "V6 FIN": ["V6 FIN RCV", EST],
    "V4 RST": ["TRANS", TRANS],
    "V6 RST": ["TRANS", TRANS],
    "V4 SYN": ["ESTABLISHED", EST],
    "V6 SYN": ["ESTABLISHED", EST],
    "V4 data": ["ESTABLISHED", EST],
    "V6 data": ["ESTABLISHED", EST],
  },
  "V4 FIN RCV": {
    "V6 FIN": ["V4 FIN + V6 FIN RCV", TRANS],
    "V4 FIN": ["V4 FIN RCV", EST],
    "V4 SYN": ["V4 FIN RCV", EST],
    "V6 SYN": ["V4 FIN RCV", EST],
    "V4 RST": ["V4 FIN RCV", EST],
    "V6 RST": ["V4 FIN RCV", EST],
    "V4 data": ["V4 FIN RCV", EST],
    "V6 data": ["V4 FIN RCV", EST],
  },
  "V6 FIN RCV": {
    "V4 FIN": ["V4 FIN + V6 FIN RCV", TRANS],
    "V6 FIN": ["V6 FIN RCV", EST],
    "V4 SYN": ["V6 FIN RCV", EST],
    "V6 SYN": ["V6 FIN RCV", EST],
    "V4 RST": ["V6 FIN RCV", EST],
    "V6 RST": ["V6 FIN RCV", EST],
    "V4 data": ["V6 FIN RCV", EST],
    "V6 data": ["V6 FIN RCV", EST],
  },
  // The RFC says nothing of a SYN here. It is a new connection (RFC 1122 §4.2.2.13), which must not end with the old one.
  "V4 FIN + V6 FIN RCV": { "V4 SYN": ["V4 INIT", TRANS], "V6 SYN": ["V6 INIT", TRANS] },
  TRANS: {
    "V4 SYN": ["ESTABLISHED", EST],
    "V6 SYN": ["ESTABLISHED", EST],
    "V4 FIN": ["ESTABLISHED", EST],
    "V6 FIN": ["ESTABLISHED", EST],
    "V4 data": ["ESTABLISHED", EST],
    "V6 data": ["ESTABLISHED", EST],
  },
};

const events: readonly EventName[] = ["V6 SYN", "V6 FIN", "V6 RST", "V6 data", "V4 SYN", "V4 FIN", "V4 RST", "V4 data"];

describe.each(Object.keys(ways))("RFC 6146 §3.5.2.2: %s", (from) => {
  it.each(events)("on %s", (event) => {
    const connection = new Connection();
    for (const step of ways[from]) connection.on(step);
    expect(connection.name).toBe(from);
    const session = connection.session;
    const before = connection.remaining;
    expect(connection.on(event)).toBe(session);
    const change = changes[from][event];
    expect([connection.name, connection.remaining]).toEqual(change ?? [from, before - 1000]);
  });

  it("ends, or is probed if ESTABLISHED, when its lifetime is over and not before", () => {
    const connection = new Connection();
    for (const step of ways[from]) connection.on(step);
    const { state, session } = connection;
    const end = connection.now + connection.remaining;
    state.expire(end - 1, 10_000);
    expect(state.sessions.binding(session)).toBeGreaterThanOrEqual(0);
    expect(state.expiry.probeCount).toBe(0);
    state.expire(end + 1024, 10_000);
    if (from !== "ESTABLISHED") {
      expect(state.sessions.binding(session)).toBe(-1);
      expect(state.sessions.count).toBe(0);
      return;
    }
    expect([...state.expiry.probes.subarray(0, state.expiry.probeCount)]).toEqual([session]);
    expect(connection.name).toBe("TRANS");
    expect(state.remaining(session, end + 1024)).toBe(TRANS);
    state.expire(end + 1024 + TRANS + 1024, 10_000);
    expect(state.sessions.count).toBe(0);
    expect(state.expiry.probeCount).toBe(0);
  });
});

describe("RFC 6146 §3.5.2.2: CLOSED", () => {
  it("a V6 SYN without binding makes binding and session: V6 INIT, TCP_TRANS", () => {
    const state = createState();
    const session = state.outbound(fromClient("tcp", 1, 4000, 80, SYN), SERVER, 0, 0, 1, 0);
    expect(SESSION_STATE_NAMES[state.sessions.state(session)]).toBe("V6 INIT");
    expect(state.remaining(session, 0)).toBe(TRANS);
    expect(state.bindings.count).toBe(1);
  });

  it("a V6 SYN of a client with a binding makes a session on the same binding", () => {
    const connection = new Connection();
    const session = connection.on("V6 SYN");
    expect(poolPort(connection.state, session)).toBe(connection.port);
    expect([connection.name, connection.remaining]).toEqual(["V6 INIT", TRANS]);
    expect(connection.state.bindings.count).toBe(1);
  });

  it("a V4 SYN to a binding makes a session under endpoint-independent filtering: V4 INIT, TCP_TRANS", () => {
    const connection = new Connection();
    connection.on("V4 SYN");
    expect([connection.name, connection.remaining]).toEqual(["V4 INIT", TRANS]);
  });

  it.each(["V6 FIN", "V6 RST", "V6 data", "V4 FIN", "V4 RST", "V4 data"] as const)(
    "a %s of a binding passes without making a session",
    (event) => {
      const connection = new Connection();
      expect(connection.on(event)).toBe(connection.state.sessions.transient);
      const { sessions } = connection.state;
      expect(sessions.remoteAddress(sessions.transient)).toBe(SERVER);
      expect(sessions.remotePort(sessions.transient)).toBe(80);
      expect(poolPort(connection.state, sessions.transient)).toBe(connection.port);
      expect(sessions.count).toBe(1);
    },
  );

  it.each([FIN, RST, ACK])("a V6 segment without SYN (flags %i) and without a binding is dropped", (tcpFlags) => {
    const state = createState();
    const result = state.outbound(fromClient("tcp", 1, 4000, 80, tcpFlags), SERVER, 0, 0, 1, 0);
    expect(result).toBe(-reason("no-session"));
    expect([state.sessions.count, state.bindings.count, state.clients.count]).toEqual([0, 0, 0]);
  });

  it.each([SYN, FIN, RST, ACK])("a V4 segment (flags %i) without binding is dropped", (tcpFlags) => {
    const state = createState();
    expect(state.inbound(NO_BYTES, fromServer("tcp", SERVER, 80, 4000, tcpFlags), 0)).toBe(-reason("no-session"));
    expect(state.sessions.count).toBe(0);
  });
});

it("RFC 6146 §3.5.2.2: a probe that is answered brings an idle connection back", () => {
  const connection = new Connection();
  connection.on("V6 SYN");
  connection.on("V4 SYN");
  connection.now += EST + 2000;
  connection.state.expire(connection.now, 10_000);
  expect(connection.name).toBe("TRANS");
  connection.on("V6 data");
  expect([connection.name, connection.remaining]).toEqual(["ESTABLISHED", EST]);
});

it("keeps the last acknowledgment number of the client", () => {
  const connection = new Connection();
  connection.on("V6 SYN");
  connection.state.noteAcknowledged(connection.session, 0x80000001 | 0);
  expect(connection.state.sessions.acknowledged(connection.session)).toBe(0x80000001 | 0);
});
