/** RFC 7915 §4: from IPv4 to IPv6, through the whole engine. Headers byte for byte: test/translate. */
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { CLIENT, OWN4, only, POOL, SERVER, SERVER6, stateful, stateless } from "../engine/support.ts";
import { checksumError, concat, filler, ipv4, layout, PROTOCOL, tcp, udp } from "../packet/build.ts";
import { error4, error6, fate, feed, packet4, pong4, seen, send, udp4, udp6 } from "./packets.ts";

const open = (changes: Parameters<typeof stateful>[0] = {}) => {
  const nat64 = stateful(changes);
  return { nat64, port: send(nat64, udp6(5000, 53)).sourcePort };
};

describe("sizes", () => {
  it("RFC 7915 §1.4, §4.1: too long for IPv6 and not to be fragmented: Fragmentation Needed with the MTU less 20", () => {
    const { nat64, port } = open({ mtu: { ipv6: 1400 } });
    expect(fate(nat64, udp4(53, port, { df: true }, 1380 - 28))).toBe("translated");
    const out = only(feed(nat64, udp4(53, port, { df: true }, 1381 - 28)));
    expect(seen(out)).toMatchObject({ source: OWN4, destination: SERVER, icmp: "3/4" });
    expect(seen(out).upper.subarray(4, 8)).toEqual(Uint8Array.of(0, 0, 1380 >> 8, 1380 & 255));
  });

  it("RFC 7915 §1.4: a private host that the operator mapped also learns the MTU", () => {
    const nat64 = stateless({
      allowSpecialPurpose: false,
      prefixes: ["2a00:64::/96"],
      eam: [{ ipv4: "10.0.0.1", ipv6: "2a00:1450::1" }],
      mtu: { ipv6: 1280 },
    });
    const packet = udp4(1, 2, { source: "10.0.0.1", destination: "8.8.8.8", df: true }, 1400);
    expect(send(nat64, packet)).toMatchObject({ destination: "10.0.0.1", icmp: "3/4" });
  });

  it("RFC 7915 §4, §4.1: without DF a packet above the lowest IPv6 MTU is cut into fragments that fit it", () => {
    const { nat64, port } = open();
    for (const [size, pieces] of [
      [1260, 1],
      [1261, 2],
      [1500, 2],
      [4000, 4],
    ]) {
      const { packets } = feed(nat64, udp4(53, port, { id: 0xbeef }, size - 28));
      expect(packets).toHaveLength(pieces);
      for (const { packet } of packets) {
        expect(packet.length).toBeLessThanOrEqual(1280);
        if (pieces > 1) expect([packet[6], ...packet.subarray(44, 48)]).toEqual([44, 0, 0, 0xbe, 0xef]);
      }
    }
  });

  it("RFC 7915 §4, §4.1: the lowest IPv6 MTU can be raised, so that fewer packets are cut, not lowered", () => {
    const { nat64, port } = open({ mtu: { lowestIPv6: 1500 } });
    expect(feed(nat64, udp4(53, port, {}, 1480 - 28)).packets).toHaveLength(1);
    expect(feed(nat64, udp4(53, port, {}, 1481 - 28)).packets).toHaveLength(2);
    expect(() => stateful({ mtu: { lowestIPv6: 1279 } })).toThrow(ConfigError);
  });

  it("RFC 7915 §4, RFC 8021: a packet that is not a fragment gets no Fragment header, DF or not", () => {
    const { nat64, port } = open();
    for (const df of [true, false]) expect(only(feed(nat64, udp4(53, port, { df })))[6]).toBe(PROTOCOL.udp);
  });

  it("RFC 7915 §4, §5: packets of a flow leave in the order of their arrival", () => {
    const { nat64, port } = open();
    const sizes = [100, 1480, 20, 3000, 1, 64];
    const out = sizes.flatMap((size) => feed(nat64, udp4(53, port, { id: size }, size)).packets);
    const order = out.map(({ packet }) => (packet[6] === 44 ? (packet[46] << 8) | packet[47] : packet.length - 48));
    expect(order).toEqual([100, 1480, 1480, 20, 3000, 3000, 3000, 1, 64]);
  });
});

describe("the header", () => {
  it("RFC 7915 §4.1: TOS becomes Traffic Class, TTL less one the Hop Limit, flow label 0", () => {
    const { nat64, port } = open();
    const out = only(feed(nat64, udp4(53, port, { tos: 0xb9, ttl: 9 })));
    expect([...out.subarray(0, 4), out[7]]).toEqual([0x6b, 0x90, 0, 0, 8]);
  });

  it("RFC 7915 §4.1: a TTL that runs out is answered with Time Exceeded", () => {
    const { nat64, port } = open();
    for (const ttl of [0, 1]) expect(fate(nat64, udp4(53, port, { ttl }))).toBe("hop-limit-exceeded 11/0");
    expect(fate(nat64, udp4(53, port, { ttl: 2 }))).toBe("translated");
  });

  it("RFC 7915 §4.1: packets from illegal sources are dropped without a word", () => {
    const { nat64, port } = open();
    for (const source of ["0.0.0.0", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "169.254.1.1"]) {
      expect(fate(nat64, udp4(53, port, { source }))).toBe("refused-source");
      expect(fate(stateless(), udp4(53, port, { source, destination: "192.0.2.9" }))).toBe("refused-source");
    }
  });

  it("RFC 7915 §4.1: but ICMP errors from them are translated, since they help to find the trouble", () => {
    const { nat64, port } = open();
    const quoted = udp4(port, 53, { source: POOL, destination: SERVER });
    for (const source of ["127.0.0.1", "0.0.0.0", "10.1.2.3", "169.254.1.1"]) {
      const packet = error4(11, 0, quoted, { source });
      expect(send(nat64, packet)).toMatchObject({ family: 6, icmp: "3/0" });
    }
  });

  it("RFC 7915 §4.1: options are ignored, used-up source routes too; a live one is answered with Source Route Failed", () => {
    const { nat64, port } = open();
    const used = Uint8Array.of(131, 7, 8, 198, 51, 100, 7, 0);
    const plain = only(feed(nat64, udp4(53, port)));
    expect(only(feed(nat64, udp4(53, port, { options: used })))).toEqual(plain);
    expect(only(feed(nat64, udp4(53, port, { options: Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0) })))).toEqual(plain);
    for (const type of [131, 137]) {
      const live = Uint8Array.of(type, 7, 4, 198, 51, 100, 7, 0);
      expect(fate(nat64, udp4(53, port, { options: live }))).toBe("source-route 3/5");
    }
  });
});

describe("ICMP", () => {
  it("RFC 7915 §4.2: messages that have no counterpart are dropped without a word", () => {
    const nat64 = stateless();
    const to = { destination: "192.0.2.9" };
    for (const type of [4, 5, 6, 9, 10, 13, 14, 15, 16, 17, 18, 30, 40, 42, 255]) {
      expect(fate(nat64, pong4(1, to, type))).toBe("icmp-not-translatable");
    }
  });

  it("RFC 7915 §4.2: IGMP is dropped without a word, in both modes", () => {
    expect(fate(stateless(), packet4(2, filler(8), { destination: "192.0.2.9" }))).toBe("multicast");
    expect(fate(stateful(), packet4(2, filler(8)))).toBe("multicast");
  });

  it("RFC 7915 §4.2, §5.2: path MTU discovery works across: 20 bytes more to IPv6, 20 less to IPv4", () => {
    const { nat64, port } = open();
    const told = (packet: Uint8Array) => [...seen(only(feed(nat64, packet))).upper.subarray(4, 8)];
    const quoted4 = udp4(port, 53, { source: POOL, destination: SERVER });
    expect(told(error4(3, 4, quoted4, {}, [0, 0, 1400 >> 8, 1400 & 255]))).toEqual([0, 0, 1420 >> 8, 1420 & 255]);
    const quoted6 = udp6(53, 5000, { source: SERVER6, destination: CLIENT });
    expect(told(error6(2, 0, quoted6, {}, [0, 0, 1400 >> 8, 1400 & 255]))).toEqual([0, 0, 1380 >> 8, 1380 & 255]);
  });

  it("RFC 7915 §4.3: an ICMP error about an ICMP error is dropped without a word", () => {
    const { nat64, port } = open();
    const inner = error4(3, 1, udp4(port, 53), { source: POOL, destination: SERVER });
    expect(fate(nat64, error4(3, 1, inner))).toBe("icmp-error-about-error");
  });

  it("RFC 7915 §4.4: a dropped packet is answered, but never an ICMP error", () => {
    const { nat64 } = open();
    expect(fate(nat64, udp4(53, 7))).toBe("no-binding 3/1");
    expect(fate(nat64, error4(3, 1, udp4(7, 53, { source: POOL, destination: SERVER })))).toBe("no-binding");
    expect(fate(nat64, error4(3, 1, udp4(7, 53), { ttl: 1 }))).toBe("hop-limit-exceeded");
  });

  it("RFC 7915 §4.4, §5.4: the rate of our own errors is the operator's", () => {
    const nat64 = stateful({ icmpErrors: { perSecond: 32, burst: 48 } });
    const answered = (now: number) => feed(nat64, udp4(53, 7), now).packets.length;
    expect([0, 1, 2, 3, 4].map(answered)).toEqual([1, 1, 1, 0, 0]);
    expect([600, 601].map(answered)).toEqual([1, 0]);
    expect(nat64.counters).toMatchObject({ icmpErrorsSent: 4, icmpErrorsSuppressed: 3 });
  });
});

describe("the upper layer", () => {
  const zero = (port: number) =>
    ipv4({ source: SERVER, destination: POOL, protocol: 17, payload: udp(53, port, filler(9)) });

  it("RFC 7915 §4.5: a UDP packet without checksum gets one, or is dropped, as the operator likes", () => {
    const computing = open();
    expect(checksumError(only(feed(computing.nat64, zero(computing.port))))).toBe(0);
    const dropping = open({ udpZeroChecksum: "drop" });
    expect(feed(dropping.nat64, zero(dropping.port)).dropped).toBe("udp-zero-checksum");
  });

  it("RFC 7915 §4.5: a stateless translator drops the first fragment of a UDP packet without checksum, and counts it", () => {
    const nat64 = stateless();
    const payload = udp(53, 5000, filler(24), 64);
    const first = ipv4({ source: SERVER, destination: "192.0.2.9", protocol: 17, mf: true, payload });
    expect(feed(nat64, first).dropped).toBe("udp-zero-checksum");
    expect(nat64.counters.dropsByReason()).toEqual({ "udp-zero-checksum": 1 });
  });

  it("RFC 7915 §4.5, §5.5: a stateless translator forwards every transport protocol", () => {
    const nat64 = stateless();
    for (const protocol of [33, 47, 50, 132, 136, 255]) {
      const out = only(feed(nat64, packet4(protocol, filler(20), { destination: "192.0.2.9" })));
      expect(out[6]).toBe(protocol);
      expect(out.subarray(40)).toEqual(filler(20));
    }
  });

  it("RFC 7915 §4.5: TCP checksums stand, with every prefix", () => {
    for (const prefix of ["2001:db8::/32", "2001:db8:122:344::/64", "2001:db8:64::/96"]) {
      const nat64 = stateless({ prefixes: [prefix] });
      const out = only(feed(nat64, packet4(PROTOCOL.tcp, tcp(80, 5000, filler(33)), { destination: "192.0.2.9" })));
      expect(checksumError(out)).toBe(0);
    }
  });
});

it("RFC 7915 §4.1: a fragment keeps offset, M and Identification, through the whole engine", () => {
  const nat64 = stateless();
  const later = packet4(17, filler(40), { destination: "192.0.2.9", offset: 1480, mf: true, id: 0x1234 });
  const out = only(feed(nat64, later));
  expect(layout(out)).toMatchObject({ family: 6, isLater: true });
  expect(out.subarray(40, 48)).toEqual(Uint8Array.of(17, 0, 1480 >> 8, (1480 & 255) | 1, 0, 0, 0x12, 0x34));
  expect(out.subarray(48)).toEqual(concat(filler(40)));
});
