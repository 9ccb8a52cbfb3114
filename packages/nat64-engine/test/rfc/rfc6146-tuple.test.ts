/** RFC 6146 §3.4: determining the incoming tuple. */
import { expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { CLIENT, OWN4, OWN6, only, POOL, SERVER, SERVER6, stateful } from "../engine/support.ts";
import { filler, fragment, ipv4, ipv6, PROTOCOL, udp, withChecksum } from "../packet/build.ts";
import {
  canonical,
  error4,
  error6,
  fate,
  feed,
  inside,
  packet4,
  packet6,
  pong4,
  seen,
  send,
  tcp6,
  udp4,
  udp6,
} from "./packets.ts";

it("RFC 6146 §3.4: another protocol from IPv6 is dropped and answered with Port Unreachable", () => {
  const nat64 = stateful();
  expect(fate(nat64, packet6(132, filler(12)))).toBe("unsupported-protocol 1/4");
  const answer = send(nat64, packet6(33, filler(16)));
  expect(answer).toMatchObject({ source: OWN6, destination: CLIENT, icmp: "1/4" });
});

it("RFC 6146 §3.4: another protocol from IPv4 is dropped and answered with Protocol Unreachable", () => {
  const nat64 = stateful();
  expect(fate(nat64, packet4(132, filler(12)))).toBe("unsupported-protocol 3/2");
  const answer = send(nat64, packet4(47, filler(16)));
  expect(answer).toMatchObject({ source: OWN4, destination: SERVER, icmp: "3/2" });
});

it("RFC 6146 §3.4, §3.6: an ICMPv4 error reaches the client whose packet is inside it", () => {
  const nat64 = stateful();
  const { sourcePort } = send(nat64, udp6(5000, 53));
  const error = error4(3, 3, udp4(sourcePort, 53, { source: POOL, destination: SERVER }));
  const out = only(feed(nat64, error));
  expect(seen(out)).toMatchObject({ family: 6, source: canonical(SERVER6), destination: CLIENT, icmp: "1/4" });
  expect(inside(out)).toMatchObject({
    source: CLIENT,
    destination: canonical(SERVER6),
    sourcePort: 5000,
    destinationPort: 53,
  });
});

it("RFC 6146 §3.4, §3.6: an ICMPv6 error reaches the server whose packet is inside it", () => {
  const nat64 = stateful();
  const { sourcePort } = send(nat64, udp6(5000, 53));
  const error = error6(1, 4, udp6(53, 5000, { source: SERVER6, destination: CLIENT }));
  const out = only(feed(nat64, error));
  expect(seen(out)).toMatchObject({ family: 4, source: POOL, destination: SERVER, icmp: "3/3" });
  expect(inside(out)).toMatchObject({ source: SERVER, destination: POOL, sourcePort: 53, destinationPort: sourcePort });
});

it("RFC 6146 §3.4, §3.6: an ICMP error about a query is matched by the Identifier of the query inside", () => {
  const nat64 = stateful();
  const ping = send(nat64, packet6(PROTOCOL.icmpv6, Uint8Array.of(128, 0, 0, 0, 0x12, 0x34, 0, 1)));
  const error = error4(11, 0, pong4(ping.sourcePort, { source: POOL, destination: SERVER }, 8), { source: "10.0.0.1" });
  const out = only(feed(nat64, error));
  expect(seen(out)).toMatchObject({ source: "2001:db8:64::a00:1", destination: CLIENT, icmp: "3/0" });
  expect(inside(out)).toMatchObject({ icmp: "128/0", sourcePort: 0x1234 });
});

it("RFC 6146 §3.4: an ICMP error that belongs to no session is dropped, and makes none", () => {
  const nat64 = stateful();
  expect(fate(nat64, error4(3, 3, udp4(4000, 53, { source: POOL, destination: SERVER })))).toBe("no-binding");
  expect(fate(nat64, error6(1, 4, udp6(53, 4000, { source: SERVER6, destination: CLIENT })))).toBe("no-binding");
  expect(nat64.counters.sessions + nat64.counters.bindings).toBe(0);
});

const whole6 = withChecksum(
  ipv6({ source: CLIENT, destination: SERVER6, protocol: 17, payload: udp(5000, 53, filler(64)) }),
);
const body6 = whole6.subarray(40);
const part6 = (from: number, to: number) =>
  ipv6({
    source: CLIENT,
    destination: SERVER6,
    protocol: 17,
    extensions: [fragment(from, to < body6.length, 99)],
    payload: body6.subarray(from, to),
  });

it("RFC 6146 §3.4: fragments go through in any order, those before the first one wait for it", () => {
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]) {
    const nat64 = stateful();
    const parts = [part6(0, 24), part6(24, 48), part6(48, 72)];
    const out = order.flatMap((i) => nat64.fromIPv6(parts[i], 0).packets.map((each) => each.packet));
    expect(out).toHaveLength(3);
    const joined = new Uint8Array(72);
    for (const packet of out) joined.set(packet.subarray(20), (((packet[6] << 8) | packet[7]) & 0x1fff) * 8);
    const rejoined = withChecksum(ipv4({ source: POOL, destination: SERVER, protocol: 17, payload: joined }));
    expect(rejoined.subarray(20)).toEqual(joined); // its checksum was right
  }
});

it("RFC 6146 §3.4, §4: fragments may take 10 seconds, or what is configured, but no less than FRAGMENT_MIN", () => {
  const first = part6(0, 24);
  const last = part6(24, 72);
  const patient = stateful();
  expect(fate(patient, last, 0)).toBe("held");
  expect(feed(patient, first, 9_999).packets).toHaveLength(2);
  const hasty = stateful({ timers: { fragment: 2 } });
  feed(hasty, last, 0);
  expect(feed(hasty, first, 1_999).packets).toHaveLength(2);
  const late = stateful({ timers: { fragment: 2 } });
  feed(late, last, 0);
  expect(feed(late, first, 2_001).packets).toHaveLength(1);
  expect(late.counters.dropsByReason()["fragment-timeout"]).toBe(1);
  expect(() => stateful({ timers: { fragment: 1 } })).toThrow(ConfigError);
});

it("RFC 6146 §3.4, §5.3: fragments that are never completed take bounded memory", () => {
  const nat64 = stateful({ tables: { sessions: 256, clients: 64, fragmentedPackets: 16, heldBytes: 128 * 1024 } });
  for (let i = 0; i < 2_000; i++) {
    const lonely = ipv6({
      source: `2001:db8:${(i % 500).toString(16)}::1`,
      destination: SERVER6,
      protocol: 17,
      extensions: [fragment(1200, true, i)],
      payload: filler(1000),
    });
    feed(nat64, lonely, i);
  }
  expect(nat64.counters.fragmentedPackets).toBeLessThanOrEqual(16);
  expect(nat64.counters.dropsByReason()["fragment-memory"]).toBeGreaterThan(1_900);
  expect(send(nat64, tcp6("SYN", 5000, 80), 2_000)).toMatchObject({ family: 4, destination: SERVER });
});

it("RFC 6146 §3.4: without room for it a fragmented UDP packet without checksum is dropped without a word", () => {
  const nat64 = stateful({ tables: { sessions: 256, clients: 64, fragmentedPackets: 16, heldBytes: 128 * 1024 } });
  const port = send(nat64, udp6(5000, 53)).sourcePort;
  const datagram = udp(53, port, filler(40_000));
  const out = Array.from({ length: 29 }, (_, i) => {
    const payload = datagram.subarray(i * 1400, (i + 1) * 1400);
    const mf = (i + 1) * 1400 < datagram.length;
    return feed(nat64, ipv4({ source: SERVER, destination: POOL, protocol: 17, id: 5, offset: i * 1400, mf, payload }));
  });
  expect(out.flatMap(({ packets }) => packets)).toEqual([]);
  expect(nat64.counters.dropsByReason()).toEqual({ "fragment-memory": 29 });
});
