/** RFC 6146 §3.5.1: UDP sessions, and §3.5.1.1: their ports. */
import { expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { CLIENT, POOL, SERVER, SERVER6, stateful } from "../engine/support.ts";
import { canonical, fate, feed, ping6, send, tcp6, udp4, udp6 } from "./packets.ts";

const MINUTE = 60_000;
const clients = (count: number) => Array.from({ length: count }, (_, i) => `2001:db8:c1:${(i + 1).toString(16)}::1`);

it("RFC 6146 §3.5.1: a packet from IPv6 makes a binding, answers come back through it", () => {
  const nat64 = stateful();
  const out = send(nat64, udp6(5000, 53));
  expect(out).toMatchObject({ family: 4, source: POOL, destination: SERVER, destinationPort: 53 });
  const back = send(nat64, udp4(53, out.sourcePort));
  expect(back).toMatchObject({
    source: canonical(SERVER6),
    destination: CLIENT,
    sourcePort: 53,
    destinationPort: 5000,
  });
});

it("RFC 6146 §3.5.1, §5.2: the mapping is endpoint-independent", () => {
  const nat64 = stateful();
  const { source, sourcePort } = send(nat64, udp6(5000, 53));
  for (const host of ["198.51.100.3", "203.0.113.77"]) {
    for (const port of [53, 123]) {
      const out = send(nat64, udp6(5000, port, { destination: `2001:db8:64::${host}` }));
      expect([out.source, out.sourcePort]).toEqual([source, sourcePort]);
    }
  }
  expect(nat64.counters).toMatchObject({ bindings: 1, sessions: 5 });
});

it("RFC 6146 §3.5.1, §4: a session lives UDP_DEFAULT after the last packet of either side", () => {
  const nat64 = stateful();
  const { sourcePort } = send(nat64, udp6(5000, 3478), 0);
  nat64.advance(4.9 * MINUTE);
  expect(fate(nat64, udp4(3478, sourcePort), 4.9 * MINUTE)).toBe("translated");
  nat64.advance(9.8 * MINUTE);
  expect(send(nat64, udp6(5000, 3478), 9.8 * MINUTE).sourcePort).toBe(sourcePort);
  nat64.advance(14.7 * MINUTE);
  expect(nat64.counters.sessions).toBe(1);
  nat64.advance(15 * MINUTE);
  expect(nat64.counters).toMatchObject({ sessions: 0, bindings: 0 });
});

it("RFC 4787 §4.3 REQ-5a: a DNS question that was answered gives its port back after ten seconds", () => {
  const nat64 = stateful();
  const { sourcePort } = send(nat64, udp6(5000, 53), 0);
  nat64.advance(4 * MINUTE);
  expect(fate(nat64, udp4(53, sourcePort), 4 * MINUTE)).toBe("translated");
  // A second answer, as for A and AAAA from one port, and a second question.
  expect(fate(nat64, udp4(53, sourcePort), 4 * MINUTE + 9000)).toBe("translated");
  nat64.advance(4 * MINUTE + 18_000);
  expect(send(nat64, udp6(5000, 53), 4 * MINUTE + 18_000).sourcePort).toBe(sourcePort);
  nat64.advance(8 * MINUTE);
  expect(fate(nat64, udp4(53, sourcePort), 8 * MINUTE)).toBe("translated");
  nat64.advance(8 * MINUTE + 9900);
  expect(nat64.counters.sessions).toBe(1);
  nat64.advance(8 * MINUTE + 12_000);
  expect(nat64.counters).toMatchObject({ sessions: 0, bindings: 0 });
});

it("RFC 4787 §4.3 REQ-5: an answered DNS question does not shorten the other sessions of its mapping", () => {
  const nat64 = stateful();
  const { sourcePort } = send(nat64, udp6(5000, 3478), 0);
  expect(send(nat64, udp6(5000, 53), 0).sourcePort).toBe(sourcePort);
  expect(fate(nat64, udp4(53, sourcePort), 0)).toBe("translated");
  // The timers are late: what is over is found out by the packets.
  expect(fate(nat64, udp4(9999, sourcePort), 4 * MINUTE)).toBe("translated");
  expect(send(nat64, udp6(5000, 3478), 4 * MINUTE).sourcePort).toBe(sourcePort);
});

it("RFC 6146 §3.5.1, §4: the lifetime is configurable, but never less than UDP_MIN", () => {
  const nat64 = stateful({ timers: { udp: 120 } });
  feed(nat64, udp6(5000, 53), 0);
  nat64.advance(119_000);
  expect(nat64.counters.sessions).toBe(1);
  nat64.advance(122_000);
  expect(nat64.counters.sessions).toBe(0);
  expect(() => stateful({ timers: { udp: 119 } })).toThrow(ConfigError);
});

it("RFC 6146 §3.5.1: a packet from IPv4 to a port without binding is dropped and answered", () => {
  const nat64 = stateful();
  expect(fate(nat64, udp4(53, 5000))).toBe("no-binding 3/1");
  expect(nat64.counters.sessions).toBe(0);
});

it("RFC 6146 §3.5.1.1, §3.5.2.3, §3.5.3: a client has the same IPv4 address for all its ports and protocols", () => {
  const nat64 = stateful({ pool: [{ address: "192.0.2.0/28" }] });
  const used = new Set<string>();
  for (let port = 2000; port < 2020; port++) {
    for (const packet of [udp6(port, 53), tcp6("SYN", port, 80), ping6(port)]) used.add(send(nat64, packet).source);
  }
  expect(used.size).toBe(1);
});

it("RFC 6146 §3.5.1.1: ports below 1024 stay below while there are some, the others above", () => {
  const nat64 = stateful({ pool: [{ address: POOL, udp: [512, 2047] }] });
  for (const source of clients(8)) {
    expect(send(nat64, udp6(123, 53, { source })).sourcePort).toBeLessThan(1024);
    expect(send(nat64, udp6(40_000, 53, { source })).sourcePort).toBeGreaterThanOrEqual(1024);
  }
});

it("RFC 6146 §3.5.1.1, RFC 4787 §4.2.2: odd ports stay odd, even ones even", () => {
  const nat64 = stateful();
  for (let port = 3000; port < 3040; port++) expect(send(nat64, udp6(port, 53)).sourcePort % 2).toBe(port % 2);
});

it("RFC 6146 §3.5.1.1, §3.5.2.3: no two bindings have the same transport address", () => {
  const nat64 = stateful({ pool: [{ address: POOL, udp: [2000, 2063], tcp: [2000, 2063] }] });
  for (const make of [udp6, tcp6.bind(null, "SYN")]) {
    const ports = clients(64).map((source) => send(nat64, make(5000, 53, { source })).sourcePort);
    expect(new Set(ports).size).toBe(64);
  }
});

it("RFC 6146 §3.5.1.1, §3.5.2.3: without a free port the client hears Address Unreachable", () => {
  const nat64 = stateful({ pool: [{ address: POOL, udp: [2000, 2001], tcp: [2000, 2001] }] });
  const [one, two, three] = clients(3);
  for (const source of [one, two]) {
    expect(fate(nat64, udp6(5000, 53, { source }))).toBe("translated");
    expect(fate(nat64, tcp6("SYN", 5000, 80, { source }))).toBe("translated");
  }
  expect(fate(nat64, udp6(5000, 53, { source: three }))).toBe("ports-exhausted 1/3");
  expect(fate(nat64, tcp6("SYN", 5000, 80, { source: three }))).toBe("ports-exhausted 1/3");
});

it("RFC 6146 §3.5.1.1: without room for a binding the client hears Address Unreachable", () => {
  const nat64 = stateful({ tables: { sessions: 16, clients: 64, fragmentedPackets: 16, heldBytes: 128 * 1024 } });
  const fates = clients(17).map((source) => fate(nat64, udp6(5000, 53, { source })));
  expect(fates.slice(0, 16)).toEqual(Array.from({ length: 16 }, () => "translated"));
  expect(fates[16]).toBe("sessions-full 1/3");
});
