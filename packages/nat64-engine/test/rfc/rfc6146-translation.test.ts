/** RFC 6146 §3.5.4 to §3.8: addresses, outgoing tuple, translation, hairpinning; §5: security. */
import { expect, it } from "vitest";
import type { Nat64 } from "../../src/simple.ts";
import { CLIENT, only, POOL, SERVER, SERVER6, stateful } from "../engine/support.ts";
import { checksumError, withChecksum } from "../packet/build.ts";
import { canonical, error6, fate, feed, inside, ping6, seen, send, tcp4, tcp6, udp4, udp6 } from "./packets.ts";

const OTHER = "2001:db8:c2::2";
const POOL6 = "2001:db8:64::192.0.2.1";
const POOL6_TEXT = canonical(POOL6);

it("RFC 6146 §3.5.4: addresses are those of RFC 6052 §2.3, with every prefix length", () => {
  for (const [prefix, destination] of [
    ["2001:db8::/32", "2001:db8:c633:6402::"],
    ["2001:db8:100::/40", "2001:db8:1c6:3364:2::"],
    ["2001:db8:122::/48", "2001:db8:122:c633:64:200::"],
    ["2001:db8:122:300::/56", "2001:db8:122:3c6:33:6402::"],
    ["2001:db8:122:344::/64", "2001:db8:122:344:c6:3364:200:0"],
    ["2001:db8:122:344::/96", "2001:db8:122:344::c633:6402"],
  ] as const) {
    const nat64 = stateful({ prefixes: [prefix] });
    const out = send(nat64, udp6(5000, 53, { source: "2001:db9::1", destination }));
    expect(out.destination).toBe(SERVER);
    expect(send(nat64, udp4(53, out.sourcePort)).source).toBe(destination);
  }
});

it("RFC 6146 §3.5.4: answers come from the prefix that the client used", () => {
  const nat64 = stateful({ prefixes: ["2001:db8:64::/96", "2001:db8:65::/96"] });
  const { sourcePort } = send(nat64, udp6(5000, 53, { destination: "2001:db8:65::198.51.100.2" }));
  expect(send(nat64, udp4(53, sourcePort)).source).toBe("2001:db8:65::c633:6402");
});

it("RFC 6146 §3.7: checksums stand after translation, hop limits are one less", () => {
  const nat64 = stateful();
  for (const packet of [udp6(5000, 53), tcp6("SYN", 5000, 80), ping6(9)]) {
    const out = only(feed(nat64, packet));
    expect(checksumError(out)).toBe(0);
    expect(seen(out).hopLimit).toBe(63);
  }
});

/** A binding of the other client on port 7000; returns its port of the pool. */
function otherBinding(nat64: Nat64): number {
  return send(nat64, udp6(7000, 53, { source: OTHER })).sourcePort;
}

it("RFC 6146 §3.8: a client reaches the binding of another one, and is seen as its own binding", () => {
  const nat64 = stateful();
  const port = otherBinding(nat64);
  const out = only(feed(nat64, udp6(5000, port, { destination: POOL6 })));
  expect(seen(out)).toMatchObject({
    family: 6,
    source: POOL6_TEXT,
    destination: OTHER,
    destinationPort: 7000,
    hopLimit: 63,
  });
  expect(checksumError(out)).toBe(0);
  const back = send(nat64, udp6(7000, seen(out).sourcePort, { source: OTHER, destination: POOL6 }));
  expect(back).toMatchObject({ source: POOL6_TEXT, destination: CLIENT, sourcePort: port, destinationPort: 5000 });
});

it("RFC 6146 §3.8: TCP between clients works as UDP does", () => {
  const nat64 = stateful();
  const tcpPort = send(nat64, tcp6("SYN", 7000, 80, { source: OTHER })).sourcePort;
  expect(send(nat64, tcp6("SYN", 5000, tcpPort, { destination: POOL6 }))).toMatchObject({
    source: POOL6_TEXT,
    destination: OTHER,
    destinationPort: 7000,
  });
});

it("RFC 6146 §3.8: a ping of a pool address comes back to the client with its own Identifier", () => {
  const nat64 = stateful();
  send(nat64, ping6(7, { source: OTHER }));
  const request = only(feed(nat64, ping6(9, { destination: POOL6 })));
  expect(seen(request)).toMatchObject({ source: POOL6_TEXT, destination: CLIENT, icmp: "128/0", sourcePort: 9 });
  const reply = request.slice();
  reply[40] = 129;
  reply.set(ping6(9, { destination: POOL6 }).subarray(8, 40), 8);
  const home = only(feed(nat64, withChecksum(reply)));
  expect(seen(home)).toMatchObject({ source: POOL6_TEXT, destination: CLIENT, icmp: "129/0", sourcePort: 9 });
  expect(checksumError(home)).toBe(0);
});

it("RFC 8200 §8.1, RFC 6146 §3.8: UDP without a checksum from IPv6 is dropped, to IPv4 and to another client, and makes no session", () => {
  const nat64 = stateful();
  const port = otherBinding(nat64);
  for (const destination of [SERVER6, POOL6]) {
    const packet = udp6(5000, port, { destination });
    packet.set([0, 0], 46);
    expect(fate(nat64, packet)).toBe("udp-zero-checksum");
  }
  expect(nat64.counters.sessions).toBe(1);
});

it("RFC 6146 §3.8: filtering also applies between clients", () => {
  const nat64 = stateful({ filtering: "address-dependent" });
  const port = otherBinding(nat64);
  expect(feed(nat64, udp6(5000, port, { destination: POOL6 })).dropped).toBe("filtered");
});

it("RFC 6146 §3.8: an ICMP error about a hairpinned packet goes back to its sender", () => {
  const nat64 = stateful();
  const port = otherBinding(nat64);
  const out = only(feed(nat64, udp6(5000, port, { destination: POOL6 })));
  const error = only(feed(nat64, error6(1, 4, out, { source: OTHER, destination: POOL6 })));
  expect(seen(error)).toMatchObject({ source: POOL6_TEXT, destination: CLIENT, icmp: "1/4" });
  expect(inside(error)).toMatchObject({
    source: CLIENT,
    destination: POOL6_TEXT,
    sourcePort: 5000,
    destinationPort: port,
  });
});

it("RFC 6146 §5.3: a client that opens ports without end takes its own share, not that of others", () => {
  const nat64 = stateful({
    caps: { "64": { sessions: 20 } },
    icmpErrors: { perSecond: 10_000, burst: 10_000 },
    tables: { sessions: 64, clients: 64, fragmentedPackets: 16, heldBytes: 128 * 1024 },
  });
  const fates = Array.from({ length: 100 }, (_, i) => fate(nat64, udp6(2000 + i, 53)));
  // As much as there is room for, until somebody else needs it.
  expect(fates.filter((each) => each === "translated")).toHaveLength(64);
  expect(fates[99]).toBe("cap-sessions 1/3");
  for (let i = 0; i < 20; i++) expect(fate(nat64, udp6(2000 + i, 53, { source: OTHER }))).toBe("translated");
  expect(nat64.counters).toMatchObject({ sessions: 64, unconfirmedEvicted: 20 });
  expect(fate(nat64, udp6(3000, 53, { source: OTHER }))).toBe("cap-sessions 1/3");
});

it("RFC 6146 §5.3: SYNs that are held for strangers take bounded memory", () => {
  const nat64 = stateful({ filtering: "address-dependent" });
  const port = send(nat64, udp6(5000, 53)).sourcePort;
  const tcpPort = send(nat64, tcp6("SYN", 5000, 80)).sourcePort;
  for (let i = 0; i < 2_000; i++) feed(nat64, tcp4("SYN", 999, tcpPort, { source: `203.0.${i >> 8}.${i & 255}` }));
  // An eighth of the table of 256 sessions, and the two of the client.
  expect(nat64.counters.heldPackets).toBe(32);
  expect(nat64.counters.sessions).toBe(2 + 32);
  expect(fate(nat64, udp4(53, port))).toBe("translated");
});

it("RFC 6146 §3.7, §5.2: the pool address and port that a client has are the ones that all its packets leave with", () => {
  const nat64 = stateful();
  const first = send(nat64, udp6(5000, 53));
  expect(first.source).toBe(POOL);
  for (let now = 1; now < 20; now++) expect(send(nat64, udp6(5000, 53), now).sourcePort).toBe(first.sourcePort);
});
