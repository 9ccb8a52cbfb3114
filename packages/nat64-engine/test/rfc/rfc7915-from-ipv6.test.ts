/** RFC 7915 §5: from IPv6 to IPv4, through the whole engine. Headers byte for byte: test/translate. */
import { describe, expect, it } from "vitest";
import { CLIENT, OWN6, only, SERVER, SERVER6, stateful, stateless } from "../engine/support.ts";
import { checksumError, concat, filler, fragment, icmp, PROTOCOL, udp } from "../packet/build.ts";
import { error6, fate, feed, packet6, ping6, seen, send, udp4, udp6 } from "./packets.ts";

/** A mapped client for stateless tests. */
const MAPPED = { source: "2001:db8:64::192.0.2.9" };

function withHopLimit(packet: Uint8Array, hopLimit: number): Uint8Array {
  const copy = packet.slice();
  copy[7] = hopLimit;
  return copy;
}

describe("the header", () => {
  it("RFC 7915 §5.1: Traffic Class becomes TOS, Hop Limit less one the TTL, no options", () => {
    const out = only(feed(stateful(), udp6(5000, 53, { trafficClass: 0xb9, hopLimit: 9, flowLabel: 0x12345 })));
    expect([out[0], out[1], out[8]]).toEqual([0x45, 0xb9, 8]);
  });

  it("RFC 7915 §5.1: a Hop Limit that runs out is answered with Time Exceeded", () => {
    const nat64 = stateful();
    for (const hopLimit of [0, 1]) expect(fate(nat64, udp6(5000, 53, { hopLimit }))).toBe("hop-limit-exceeded 3/0");
    expect(fate(nat64, udp6(5000, 53, { hopLimit: 2 }))).toBe("translated");
  });

  it("RFC 7915 §5.1: packets from illegal sources are dropped without a word", () => {
    for (const source of ["::", "::1", "ff02::1", "fe80::1", "::ffff:192.0.2.1"]) {
      expect(fate(stateful(), udp6(5000, 53, { source }))).toBe("refused-source");
    }
  });

  it.each(["::", "::1", "ff02::1", "fe80::1", "febf::1", "::ffff:192.0.2.1", "::192.0.2.1"])(
    "RFC 7915 §5.1: everything from %s is dropped without a word: packets and ICMPv6 errors, in both modes",
    (source) => {
      const nat64 = stateful();
      const out = only(feed(nat64, udp6(5000, 53)));
      const port = (out[20] << 8) | out[21];
      const arrived = only(feed(nat64, udp4(53, port)));
      expect(fate(nat64, error6(3, 0, arrived))).toBe("translated");
      expect(fate(nat64, error6(3, 0, arrived, { source }))).toBe("refused-source");
      const translator = stateless();
      const quoted = udp6(53, 5000, { source: SERVER6, destination: MAPPED.source });
      expect(fate(translator, error6(3, 0, quoted, { source: "2001:db8:99::1" }))).toBe("translated");
      for (const packet of [error6(3, 0, quoted, { source }), udp6(5000, 53, { source }), ping6(7, { source })]) {
        expect(fate(translator, packet)).toBe("refused-source");
        expect(fate(translator, withHopLimit(packet, 1))).toBe("hop-limit-exceeded");
      }
    },
  );

  it("RFC 7915 §5.1: hop-by-hop options, destination options and used-up routing headers are skipped", () => {
    const options = (type: number) => [type, Uint8Array.of(0, 0, 1, 4, 0, 0, 0, 0)] as const;
    const routing = [43, Uint8Array.of(0, 0, 4, 0, 0, 0, 0, 0)] as const;
    const plain = only(feed(stateful(), udp6(5000, 53)));
    expect(only(feed(stateful(), udp6(5000, 53, { extensions: [options(0), routing, options(60)] })))).toEqual(plain);
  });

  it.each([256, 264, 2048])(
    "RFC 7915 §5.1, RFC 8200 §4.6: options of %i bytes are skipped: to IPv4, across a hairpin",
    (size) => {
      const options = Uint8Array.of(0, size / 8 - 1, ...new Uint8Array(size - 2));
      const extensions = [
        [0, options],
        [60, options],
      ] as const;
      const nat64 = stateful();
      const plain = only(feed(nat64, udp6(5000, 53)));
      const out = only(feed(nat64, udp6(5000, 53, { extensions })));
      expect([out.length, out.subarray(16)]).toEqual([plain.length, plain.subarray(16)]);
      const destination = "2001:db8:64::192.0.2.1";
      const port = seen(plain).sourcePort;
      const other = { source: "2001:db8:c2::2", destination };
      const looped = only(feed(nat64, udp6(7000, port, other)));
      expect(only(feed(nat64, udp6(7000, port, { ...other, extensions })))).toEqual(looped);
      expect(checksumError(looped)).toBe(0);
    },
  );

  it("RFC 7915 §5.1: a routing header with segments left is answered with Parameter Problem at Segments Left", () => {
    const routing = [43, Uint8Array.of(0, 0, 4, 1, 0, 0, 0, 0)] as const;
    const out = only(feed(stateful(), udp6(5000, 53, { extensions: [routing] })));
    expect(seen(out)).toMatchObject({ source: OWN6, destination: CLIENT, icmp: "4/0" });
    expect(seen(out).upper.subarray(4, 8)).toEqual(Uint8Array.of(0, 0, 0, 43));
  });
});

describe("sizes", () => {
  it("RFC 7915 §5, §5.1: DF is clear up to 1260 bytes and set above", () => {
    const nat64 = stateful();
    for (const [size, df] of [
      [68, 0],
      [1260, 0],
      [1261, 0x40],
      [1480, 0x40],
    ]) {
      const out = only(feed(nat64, udp6(5000, 53, {}, size - 28)));
      expect([out.length, out[6] & 0x40]).toEqual([size, df]);
    }
  });

  it("RFC 7915 §1.4, §5.1: a packet above the IPv4 MTU is answered with Packet Too Big, the MTU plus 20", () => {
    const nat64 = stateful({ mtu: { ipv4: 1400 } });
    expect(fate(nat64, udp6(5000, 53, {}, 1400 - 28))).toBe("translated");
    const out = only(feed(nat64, udp6(5000, 53, {}, 1401 - 28)));
    expect(seen(out)).toMatchObject({ source: OWN6, destination: CLIENT, icmp: "2/0" });
    expect(seen(out).upper.subarray(4, 8)).toEqual(Uint8Array.of(0, 0, 1420 >> 8, 1420 & 255));
  });

  it("RFC 7915 §5.1, RFC 8021: no Packet Too Big of ours says less than 1280", () => {
    const nat64 = stateful({ mtu: { ipv4: 576 } });
    expect(fate(nat64, udp6(5000, 53, {}, 1260 - 28))).toBe("translated");
    const out = only(feed(nat64, udp6(5000, 53, {}, 1261 - 28)));
    expect(seen(out).upper.subarray(4, 8)).toEqual(Uint8Array.of(0, 0, 5, 0));
  });

  it("RFC 7915 §5.1.1: a fragment becomes a fragment: offset, M, low 16 bits of the Identification, DF clear", () => {
    const nat64 = stateless();
    const extensions = [fragment(1448, true, 0x0a0b0c0d)];
    const out = only(feed(nat64, packet6(17, filler(1400), { ...MAPPED, extensions })));
    expect(out.length).toBe(1420);
    expect([...out.subarray(2, 8)]).toEqual([1420 >> 8, 1420 & 255, 0x0c, 0x0d, 0x20, 1448 / 8]);
  });

  it("RFC 7915 §5.1.1: a Fragment header that another extension header follows is dropped, and counted", () => {
    const nat64 = stateless();
    for (const [type, bytes] of [
      [60, new Uint8Array(8)],
      [43, new Uint8Array(8)],
      [0, new Uint8Array(8)],
    ] as const) {
      const extensions = [fragment(0, true, 1), [type, bytes] as const];
      expect(feed(nat64, packet6(17, udp(1, 2, filler(8)), { ...MAPPED, extensions })).dropped).toBe(
        "bad-extension-header",
      );
    }
    const authenticated = packet6(51, filler(24), { ...MAPPED, extensions: [fragment(0, true, 1)] });
    expect(feed(nat64, authenticated).dropped).toBe("bad-extension-header");
    expect(nat64.counters.dropsByReason()).toEqual({ "bad-extension-header": 4 });
  });
});

describe("ICMP", () => {
  it("RFC 7915 §5.2: messages that have no counterpart are dropped without a word", () => {
    const nat64 = stateful();
    for (const type of [5, 100, 127, 130, 131, 132, 133, 134, 135, 136, 137, 138, 143, 200, 255]) {
      const packet = packet6(PROTOCOL.icmpv6, icmp(type, 0, [0, 0, 0, 0], filler(24)));
      expect(fate(nat64, packet)).toBe("icmp-not-translatable");
    }
  });

  it("RFC 7915 §5.3: an ICMPv6 error about an ICMPv6 error is dropped without a word", () => {
    const inner = error6(1, 4, udp6(53, 5000), { source: SERVER6, destination: CLIENT });
    expect(fate(stateful(), error6(1, 4, inner))).toBe("icmp-error-about-error");
  });

  it("RFC 7915 §5.4: a dropped packet is answered, but never an ICMPv6 error", () => {
    const nat64 = stateful();
    expect(fate(nat64, udp6(5000, 53, { destination: "2001:db8:64::224.0.0.1" }))).toBe("refused-destination 1/1");
    expect(fate(nat64, error6(1, 4, udp6(53, 9), { hopLimit: 1 }))).toBe("hop-limit-exceeded");
  });
});

it("RFC 7915 §5, §5.5: checksums of TCP, UDP and ICMP stand", () => {
  const nat64 = stateless();
  for (const packet of [udp6(5000, 53, MAPPED), ping6(7, MAPPED)]) {
    expect(checksumError(only(feed(nat64, packet)))).toBe(0);
  }
});

it("RFC 7915 §5.5: a stateless translator also forwards every transport protocol from IPv6", () => {
  const nat64 = stateless();
  for (const protocol of [33, 47, 50, 59, 132, 136, 255]) {
    const out = only(feed(nat64, packet6(protocol, filler(20), MAPPED)));
    expect([out[9], ...out.subarray(20)]).toEqual([protocol, ...filler(20)]);
  }
});

it("RFC 7915 §6, §5.6: a stateless translator maps both addresses by the prefix, a stateful one its binding", () => {
  const plain = send(stateless(), udp6(5000, 53, MAPPED));
  expect(plain).toMatchObject({ source: "192.0.2.9", destination: SERVER, sourcePort: 5000 });
  expect(fate(stateless(), udp6(5000, 53))).toBe("no-mapping 1/3");
  expect(send(stateful(), udp6(5000, 53))).toMatchObject({ source: "192.0.2.1", destination: SERVER });
});

it("RFC 7915 §1.2: fragmented ICMP is dropped by a stateless translator", () => {
  const nat64 = stateless();
  const echo = concat([128, 0, 0, 0, 0, 7, 0, 1], filler(24));
  expect(feed(nat64, packet6(58, echo, { ...MAPPED, extensions: [fragment(0, true, 1)] })).dropped).toBe(
    "fragmented-icmp",
  );
  expect(feed(nat64, packet6(58, filler(16), { ...MAPPED, extensions: [fragment(32, false, 1)] })).dropped).toBe(
    "fragmented-icmp",
  );
});
