/** RFC 6146 §3.5.2: TCP sessions through the whole engine. The state machine cell by cell: test/state/tcp-state.test.ts. */
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import type { Nat64 } from "../../src/simple.ts";
import { CLIENT, FLAG, only, POOL, SERVER, SERVER6, stateful } from "../engine/support.ts";
import { checksumError } from "../packet/build.ts";
import { canonical, fate, feed, inside, seen, send, tcp4, tcp6 } from "./packets.ts";

const TRANS = 240_000;
const EST = 7_440_000;
/** Timers go in ticks: a session may live this much longer. */
const TICK = 2_000;

const state = (nat64: Nat64, now: number): string | undefined => nat64.sessions(now)[0]?.state;

/** An established connection from port 5000 of the client to port 80 of the server; returns the port of the pool. */
function connect(nat64: Nat64, now = 0): number {
  const { sourcePort } = send(nat64, tcp6("SYN", 5000, 80), now);
  send(nat64, tcp4("SYN ACK", 80, sourcePort), now);
  send(nat64, tcp6("ACK", 5000, 80), now);
  return sourcePort;
}

it("RFC 6146 §3.5.2.2: a V6 SYN makes binding and session, the V4 SYN establishes it", () => {
  const nat64 = stateful();
  const out = send(nat64, tcp6("SYN", 5000, 80));
  expect(out).toMatchObject({ family: 4, source: POOL, destination: SERVER, destinationPort: 80 });
  expect(state(nat64, 0)).toBe("V6 INIT");
  const back = send(nat64, tcp4("SYN ACK", 80, out.sourcePort));
  expect(back).toMatchObject({ source: canonical(SERVER6), destination: CLIENT, destinationPort: 5000 });
  expect(state(nat64, 0)).toBe("ESTABLISHED");
});

it("RFC 6146 §3.5.2.2, §4: a session in V6 INIT lives TCP_TRANS", () => {
  const nat64 = stateful();
  feed(nat64, tcp6("SYN", 5000, 80), 0);
  nat64.advance(TRANS - 1);
  expect(nat64.counters.sessions).toBe(1);
  nat64.advance(TRANS + TICK);
  expect(nat64.counters).toMatchObject({ sessions: 0, bindings: 0 });
});

it("RFC 6146 §3.5.2.2: a segment other than a SYN of a client without binding is dropped, and makes none", () => {
  const nat64 = stateful({ resetUnknownConnections: false });
  for (const kind of ["ACK", "FIN", "RST"] as const) expect(fate(nat64, tcp6(kind, 5000, 80))).toBe("no-session");
  expect(nat64.counters.bindings).toBe(0);
});

it("RFC 6146 §3.5.2.2: other segments of a binding without session are translated", () => {
  const nat64 = stateful();
  const port = connect(nat64);
  const out = send(nat64, tcp6("ACK", 5000, 443, { destination: "2001:db8:64::198.51.100.9" }));
  expect(out).toMatchObject({ source: POOL, sourcePort: port, destination: "198.51.100.9" });
  const back = send(nat64, tcp4("ACK", 443, port, { source: "198.51.100.9" }));
  expect(back).toMatchObject({ destination: CLIENT, destinationPort: 5000 });
  expect(nat64.counters.sessions).toBe(1);
});

describe("an inbound SYN", () => {
  it("RFC 6146 §3.5.2.2: to a binding is translated under endpoint-independent filtering, and makes V4 INIT", () => {
    const nat64 = stateful();
    const port = connect(nat64);
    const out = send(nat64, tcp4("SYN", 999, port, { source: "198.51.100.9" }));
    expect(out).toMatchObject({ destination: CLIENT, destinationPort: 5000, sourcePort: 999 });
    expect(nat64.sessions(0).map((each) => each.state)).toContain("V4 INIT");
    nat64.advance(TRANS + TICK);
    expect(nat64.counters.sessions).toBe(1);
  });

  it("RFC 6146 §3.5.2.2, §4: is held for TCP_INCOMING_SYN where filtering forbids it, then answered with Port Unreachable", () => {
    const nat64 = stateful({ filtering: "address-dependent" });
    const port = connect(nat64);
    const syn = tcp4("SYN", 999, port, { source: "198.51.100.9" });
    expect(feed(nat64, syn, 0)).toEqual({ packets: [] });
    expect(nat64.advance(5_999).packets).toEqual([]);
    const answer = only(nat64.advance(6_000 + TICK));
    expect(seen(answer)).toMatchObject({ destination: "198.51.100.9", icmp: "3/3" });
    expect(inside(answer)).toMatchObject({ source: "198.51.100.9", sourcePort: 999, destinationPort: port });
    expect(nat64.counters.sessions).toBe(1);
  });

  it("RFC 6146 §3.5.2.2, RFC 5382 REQ-4: is dropped without a word when the client's SYN comes meanwhile, and the connection stands", () => {
    const nat64 = stateful({ filtering: "address-dependent" });
    const port = connect(nat64);
    feed(nat64, tcp4("SYN", 999, port, { source: "198.51.100.9" }), 0);
    const out = send(nat64, tcp6("SYN", 5000, 999, { destination: "2001:db8:64::198.51.100.9" }), 3_000);
    expect(out).toMatchObject({ source: POOL, sourcePort: port, destinationPort: 999 });
    expect(nat64.sessions(3_000).map((each) => each.state)).toEqual(["ESTABLISHED", "ESTABLISHED"]);
    expect(nat64.advance(20_000).packets).toEqual([]);
    expect(fate(nat64, tcp4("ACK", 999, port, { source: "198.51.100.9" }), 20_000)).toBe("translated");
  });
});

it("RFC 6146 §3.5.2.2: a client that opens where a V4 SYN came first is established", () => {
  const nat64 = stateful();
  const port = connect(nat64);
  feed(nat64, tcp4("SYN", 999, port, { source: "198.51.100.9" }), 0);
  feed(nat64, tcp6("SYN", 5000, 999, { destination: "2001:db8:64::198.51.100.9" }), 0);
  expect(nat64.sessions(0).map((each) => each.state)).toEqual(["ESTABLISHED", "ESTABLISHED"]);
});

it("RFC 6146 §3.5.2.2, §4: an established session lives TCP_EST after the last segment, and no less can be configured", () => {
  const nat64 = stateful();
  const port = connect(nat64, 0);
  nat64.advance(EST - 1);
  expect(fate(nat64, tcp4("ACK", 80, port), EST - 1)).toBe("translated");
  nat64.advance(2 * EST - 10_000);
  expect(state(nat64, 2 * EST - 10_000)).toBe("ESTABLISHED");
  expect(() => stateful({ timers: { tcpEstablished: 7_199 } })).toThrow(ConfigError);
  expect(() => stateful({ timers: { tcpTransitory: 239 } })).toThrow(ConfigError);
});

it("RFC 6146 §3.5.2.2: FINs of both sides leave TCP_TRANS for the last segments", () => {
  const nat64 = stateful();
  const port = connect(nat64, 0);
  expect(fate(nat64, tcp6("FIN", 5000, 80), 0)).toBe("translated");
  expect(state(nat64, 0)).toBe("V6 FIN RCV");
  expect(fate(nat64, tcp4("FIN", 80, port), 0)).toBe("translated");
  expect(state(nat64, 0)).toBe("V4 FIN + V6 FIN RCV");
  expect(fate(nat64, tcp6("ACK", 5000, 80), 200_000)).toBe("translated");
  expect(nat64.advance(TRANS + TICK).packets).toEqual([]);
  expect(nat64.counters.sessions).toBe(0);
});

it("RFC 6146 §3.5.2.2: after the first FIN of the IPv4 side the state is V4 FIN RCV, and data continues", () => {
  const nat64 = stateful();
  const port = connect(nat64, 0);
  feed(nat64, tcp4("FIN", 80, port), 0);
  expect(state(nat64, 0)).toBe("V4 FIN RCV");
  expect(fate(nat64, tcp6("ACK", 5000, 80), TRANS + TICK)).toBe("translated");
  expect(fate(nat64, tcp6("FIN", 5000, 80), TRANS + TICK)).toBe("translated");
  expect(state(nat64, TRANS + TICK)).toBe("V4 FIN + V6 FIN RCV");
});

it("RFC 6146 §3.5.2.2: a RST is translated and shortens the session to TCP_TRANS, unless something else follows", () => {
  const ended = stateful();
  const port = connect(ended, 0);
  expect(fate(ended, tcp4("RST", 80, port), 0)).toBe("translated");
  expect(state(ended, 0)).toBe("TRANS");
  ended.advance(TRANS + TICK);
  expect(ended.counters.sessions).toBe(0);
  const alive = stateful();
  connect(alive, 0);
  feed(alive, tcp6("RST", 5000, 80), 0);
  expect(state(alive, 0)).toBe("TRANS");
  feed(alive, tcp6("ACK", 5000, 80), 100_000);
  expect(state(alive, 100_000)).toBe("ESTABLISHED");
});

it("RFC 6146 §3.5.2.2: an established session that falls silent is probed: an ACK without data, numbers zero", () => {
  const nat64 = stateful();
  connect(nat64, 0);
  const probe = only(nat64.advance(EST + TICK));
  const { upper, ...rest } = seen(probe);
  expect(rest).toMatchObject({
    source: canonical(SERVER6),
    destination: CLIENT,
    sourcePort: 80,
    destinationPort: 5000,
  });
  expect(upper.length).toBe((upper[12] >>> 4) * 4);
  expect(upper.subarray(4, 12)).toEqual(new Uint8Array(8));
  expect(upper[13]).toBe(FLAG.ack);
  expect(checksumError(probe)).toBe(0);
  expect(state(nat64, EST + TICK)).toBe("TRANS");
});

it("RFC 6146 §3.5.2.2: a probe that is answered saves the session, one that is not ends it after TCP_TRANS", () => {
  const answered = stateful();
  connect(answered, 0);
  answered.advance(EST + TICK);
  expect(fate(answered, tcp6("ACK", 5000, 80), EST + TICK)).toBe("translated");
  expect(state(answered, EST + TICK)).toBe("ESTABLISHED");
  const silent = stateful();
  connect(silent, 0);
  silent.advance(EST + TICK);
  expect(silent.advance(EST + TRANS + 3 * TICK).packets).toEqual([]);
  expect(silent.counters).toMatchObject({ sessions: 0, bindings: 0 });
});

it("RFC 6146 §3.5.2.3: ports below 1024 stay below while there are some, the others above", () => {
  const nat64 = stateful({ pool: [{ address: POOL, tcp: [512, 2047] }] });
  for (let i = 1; i <= 8; i++) {
    const source = `2001:db8:c1:${i}::1`;
    expect(send(nat64, tcp6("SYN", 513, 80, { source })).sourcePort).toBeLessThan(1024);
    expect(send(nat64, tcp6("SYN", 40_000, 80, { source })).sourcePort).toBeGreaterThanOrEqual(1024);
  }
});
