/** When the engine keeps silent, and when it does not: RFC 6146 §3.5, §3.5.2.2; RFC 7915 §4.4, §5.4; RFC 6052 §3.1. */
import { expect, it } from "vitest";
import { CLIENT, OWN6, only, POOL, SERVER, SERVER6, stateful } from "../engine/support.ts";
import { filler, ipv4, udp } from "../packet/build.ts";
import { canonical, error4, error6, fate, feed, packet6, send, tcp4, tcp6, udp4, udp6 } from "./packets.ts";

const INSIDE_PREFIX = { source: "2001:db8:64::198.51.100.9" };

it("RFC 6146 §3.5: an ICMPv6 error from inside a NAT64 prefix is also dropped silently", () => {
  const nat64 = stateful();
  send(nat64, udp6(5000, 53));
  const quoted = udp6(53, 5000, { source: SERVER6, destination: CLIENT });
  expect(fate(nat64, error6(1, 4, quoted, INSIDE_PREFIX))).toBe("refused-source");
});

it("RFC 6146 §3.5: whatever is wrong with a packet from inside a NAT64 prefix, no ICMP error answers it", () => {
  const nat64 = stateful();
  const live = [43, Uint8Array.of(0, 0, 4, 1, 0, 0, 0, 0)] as const;
  expect(feed(nat64, udp6(5000, 53, { ...INSIDE_PREFIX, hopLimit: 1 })).packets).toEqual([]);
  expect(feed(nat64, udp6(5000, 53, { ...INSIDE_PREFIX, extensions: [live] })).packets).toEqual([]);
  expect(feed(nat64, udp6(5000, 53, { ...INSIDE_PREFIX, destination: OWN6 })).packets).toEqual([]);
  expect(feed(nat64, packet6(1, filler(8), INSIDE_PREFIX)).packets).toEqual([]);
});

it("RFC 6146 §3.5.2.2, RFC 5382 REQ-4: V4 segments without binding are dropped without a word", () => {
  const nat64 = stateful();
  for (const kind of ["SYN", "SYN ACK", "ACK", "FIN", "RST"] as const) {
    const { dropped, packets } = feed(nat64, tcp4(kind, 80, 5000));
    expect([typeof dropped, packets]).toEqual(["string", []]);
  }
});

it("RFC 5382 REQ-4: a SYN that finds no room to be held is not answered either", () => {
  const nat64 = stateful({ filtering: "address-dependent", tables: { heldBytes: 128 * 1024, sessions: 4096 } });
  const port = send(nat64, tcp6("SYN", 5000, 80)).sourcePort;
  const options = new Uint8Array(40).fill(1);
  const answers = Array.from({ length: 1_000 }, (_, i) =>
    feed(nat64, tcp4("SYN", 1 + i, port, { source: "203.0.113.9", options })),
  );
  expect(answers.some(({ dropped }) => dropped !== undefined)).toBe(true);
  expect(answers.flatMap(({ packets }) => packets)).toEqual([]);
});

it("RFC 7915 §4.4, §5.4: ICMP errors can be switched off, and the rate may be as low as none", () => {
  for (const icmpErrors of [
    { perSecond: 1000, burst: 0 },
    { perSecond: 0, burst: 0 },
  ]) {
    const nat64 = stateful({ icmpErrors });
    for (let now = 0; now < 5_000; now += 500) {
      expect(fate(nat64, udp4(53, 7), now)).toBe("no-binding");
      expect(fate(nat64, udp6(5000, 53, { hopLimit: 1 }), now)).toBe("hop-limit-exceeded");
    }
  }
  const once = stateful({ icmpErrors: { perSecond: 0, burst: 1 } });
  expect([0, 1000, 100_000].map((now) => feed(once, udp4(53, 7), now).packets.length)).toEqual([1, 0, 0]);
});

it("RFC 7915 §4.4, §4.5: a UDP packet that is dropped for its missing checksum is answered with prohibited", () => {
  const nat64 = stateful({ udpZeroChecksum: "drop" });
  const port = send(nat64, udp6(5000, 53)).sourcePort;
  const zero = ipv4({ source: SERVER, destination: POOL, protocol: 17, payload: udp(53, port, filler(9)) });
  expect(fate(nat64, zero)).toBe("udp-zero-checksum 3/13");
});

it("RFC 6052 §3.1: a private router is not shown under the well-known prefix, the error comes from the translator", () => {
  const nat64 = stateful({ prefixes: ["64:ff9b::/96"], allowSpecialPurpose: false, pool: [{ address: "9.9.9.9" }] });
  const client = { source: "2a00:1450:4001::1", destination: "64:ff9b::8.8.8.8" };
  const { sourcePort } = send(nat64, udp6(5000, 53, client));
  const quoted = udp4(sourcePort, 53, { source: "9.9.9.9", destination: "8.8.8.8" });
  const error = (source: string) => error4(11, 0, quoted, { source, destination: "9.9.9.9" });
  expect(send(nat64, error("10.1.2.3"))).toMatchObject({ source: OWN6, destination: client.source });
  expect(send(nat64, error("8.8.4.4")).source).toBe(canonical("64:ff9b::8.8.4.4"));
});

it("RFC 7915 §4.1, §5.1: Type of Service and Traffic Class can be ignored and set", () => {
  const nat64 = stateful({ trafficClass: { toIPv6: 0, toIPv4: 0x28 } });
  const out = only(feed(nat64, udp6(5000, 53, { trafficClass: 0xb8 })));
  expect(out[1]).toBe(0x28);
  const port = out[20] * 256 + out[21];
  expect([...only(feed(nat64, udp4(53, port, { tos: 0xb8 }))).subarray(0, 2)]).toEqual([0x60, 0]);
});
