import { describe, expect, it } from "vitest";
import { reasonCode } from "../../src/drop-reasons.ts";
import { classify } from "../../src/packet/classify.ts";
import { Packet } from "../../src/packet/packet.ts";
import { concat, filler, fragment, icmp, ipv4, ipv6, PROTOCOL, sum, tcp, u16, udp } from "./build.ts";

function look(bytes: Uint8Array, available = bytes.length): { reason: string; packet: Packet } {
  const packet = new Packet();
  return { reason: reasonCode(classify(bytes, 0, available, packet)), packet };
}

/** The same UDP datagram with a checksum, right or wrong: classification only looks whether IPv6 has one. */
function checked(datagram: Uint8Array): Uint8Array {
  datagram.set([0xab, 0xcd], 6);
  return datagram;
}

const TCP = PROTOCOL.tcp;
const UDP = PROTOCOL.udp;
const dns = checked(udp(4660, 53, filler(12)));
const web = tcp(40000, 80, filler(5));
const destinationOptions = (next: number, units = 0) =>
  concat([next, units, 1, 4 + units * 8], new Uint8Array(4 + units * 8));

describe("a valid packet", () => {
  it("IPv4 UDP: addresses, ports and all header fields", () => {
    const { reason, packet } = look(ipv4({ protocol: UDP, payload: dns, tos: 0xb8, ttl: 9, id: 77, df: true }));
    expect(reason).toBe("none");
    expect(packet.outer).toMatchObject({
      family: 4,
      length: 40,
      available: 40,
      transport: 20,
      protocol: 17,
      trafficClass: 0xb8,
      hopLimit: 9,
      dontFragment: 1,
      isFragment: 0,
      identification: 77,
    });
    expect(packet.outer.tuple).toMatchObject({ sourcePort: 4660, destinationPort: 53 });
    expect(packet.outer.tuple.source[0]).toBe(0xc0000201 | 0);
  });

  it("IPv6 TCP behind hop-by-hop options, destination options and a used-up routing header", () => {
    const extensions = [
      [0, destinationOptions(0)],
      [60, destinationOptions(0, 2)],
      [43, concat([0, 0, 4, 0], new Uint8Array(4))],
    ] as const;
    const { reason, packet } = look(ipv6({ protocol: TCP, payload: web, extensions, trafficClass: 0x2e, hopLimit: 3 }));
    expect(reason).toBe("none");
    expect(packet.outer).toMatchObject({ family: 6, transport: 40 + 40, protocol: 6, trafficClass: 0x2e, hopLimit: 3 });
    expect(packet.outer).toMatchObject({ dontFragment: 1, tcpFlags: 0x18 });
  });

  it("link padding behind the packet is ignored", () => {
    const bytes = concat(ipv4({ protocol: UDP, payload: dns }), filler(6));
    const { reason, packet } = look(bytes);
    expect(reason).toBe("none");
    expect(packet.outer.available).toBe(40);
  });

  it("an echo message has its Identifier as both ports (RFC 6146 §3.5.3)", () => {
    const echo = icmp(128, 0, [0x12, 0x34, 0, 1], filler(8));
    const { packet } = look(ipv6({ protocol: PROTOCOL.icmpv6, payload: echo }));
    expect(packet.outer.tuple).toMatchObject({ sourcePort: 0x1234, destinationPort: 0x1234 });
    expect(packet.isIcmpError).toBe(false);
  });

  it("RFC 7915 §4.1: other protocols pass, without ports", () => {
    for (const protocol of [47, 50, 59, 132]) {
      const { reason, packet } = look(ipv6({ protocol, payload: filler(3) }));
      expect(reason).toBe("none");
      expect(packet.outer.tuple).toMatchObject({ sourcePort: 0, destinationPort: 0 });
    }
  });

  it("an atomic fragment is a whole packet (RFC 6946)", () => {
    const { reason, packet } = look(ipv6({ protocol: UDP, payload: dns, extensions: [fragment(0, false, 5)] }));
    expect(reason).toBe("none");
    expect(packet.outer).toMatchObject({ isFragment: 0, fragmentHeader: 40, identification: 5, dontFragment: 0 });
    expect(packet.outer.tuple.destinationPort).toBe(53);
  });

  it("later fragments have no ports, non-last ones may have any length", () => {
    const six = look(ipv6({ protocol: UDP, payload: filler(13), extensions: [fragment(64, true, 5)] }));
    const four = look(ipv4({ protocol: UDP, payload: filler(13), offset: 64, mf: true }));
    for (const { reason, packet } of [six, four]) {
      expect(reason).toBe("none");
      expect(packet.outer).toMatchObject({ isFragment: 1, fragmentOffset: 64, moreFragments: 1 });
      expect(packet.outer.tuple).toMatchObject({ sourcePort: 0, destinationPort: 0 });
    }
  });

  it("a UDP length below the IP payload is fine (RFC 9868)", () => {
    expect(look(ipv6({ protocol: UDP, payload: checked(udp(1, 2, filler(12), 14)) })).reason).toBe("none");
  });
});

describe("source routes", () => {
  const route = (type: number, pointer: number) => concat([1, type, 7, pointer], [192, 0, 2, 9]);

  it("RFC 7915 §4.1: live ones in IPv4 are dropped, used-up ones pass", () => {
    for (const type of [131, 137]) {
      expect(look(ipv4({ protocol: UDP, payload: dns, options: route(type, 4) })).reason).toBe("source-route");
      expect(look(ipv4({ protocol: UDP, payload: dns, options: route(type, 8) })).reason).toBe("none");
    }
  });

  it("RFC 7915 §5.1: a routing header with segments left is dropped, and its pointer known", () => {
    const extensions = [
      [60, destinationOptions(0)],
      [43, concat([0, 2, 4, 1], new Uint8Array(20))],
    ] as const;
    const { reason, packet } = look(ipv6({ protocol: TCP, payload: web, extensions }));
    expect(reason).toBe("source-route");
    expect(packet.faultPointer).toBe(40 + 8 + 3);
    expect(packet.outer).toMatchObject({ family: 6, protocol: TCP });
  });

  it("an ICMP error behind a live routing header is known as an error, so that none is sent about it", () => {
    const extensions = [[43, concat([0, 0, 4, 1], new Uint8Array(4))]] as const;
    const payload = icmp(1, 0, [0, 0, 0, 0], ipv6({ protocol: TCP, payload: web }));
    const { reason, packet } = look(ipv6({ protocol: PROTOCOL.icmpv6, payload, extensions }));
    expect(reason).toBe("source-route");
    expect(packet.isIcmpError).toBe(true);
  });
});

describe("dropped packets, and the reasons", () => {
  const four = (fields: Partial<Parameters<typeof ipv4>[0]>) => ipv4({ protocol: UDP, payload: dns, ...fields });
  const six = (fields: Partial<Parameters<typeof ipv6>[0]>) => ipv6({ protocol: UDP, payload: dns, ...fields });
  const patched = (bytes: Uint8Array, at: number, ...values: number[]) => {
    const copy = bytes.slice();
    copy.set(values, at);
    if (copy[0] >>> 4 === 4) {
      copy.set([0, 0], 10);
      copy.set(u16(65535 - sum(copy.subarray(0, (copy[0] & 15) * 4))), 10);
    }
    return copy;
  };
  const chain = (count: number) => Array.from({ length: count }, () => [60, destinationOptions(0)] as const);
  const echo = icmp(8, 0, [0, 1, 0, 1], filler(30));
  const quotes = (inner: Uint8Array, type = 3) => four({ protocol: 1, payload: icmp(type, 1, [0, 0, 0, 0], inner) });

  it.each<[string, string, Uint8Array]>([
    ["no bytes", "truncated", new Uint8Array(0)],
    ["version 5", "not-ip", filler(40).fill(0x50)],
    ["an IPv4 header length below 20", "bad-length", patched(four({}), 0, 0x44).fill(0x44, 0, 1)],
    ["an IPv4 header longer than the packet", "truncated", concat([0x4f], four({ payload: filler(0) }).subarray(1))],
    ["an IPv4 total length below the header", "bad-length", four({ length: 19 })],
    ["an IPv4 total length beyond the packet", "bad-length", four({ length: 41 })],
    ["a wrong IPv4 header checksum", "bad-header-checksum", concat(four({}).subarray(0, 8), [1], four({}).subarray(9))],
    ["an IPv4 option of length 0", "bad-extension-header", four({ options: Uint8Array.of(7, 0, 0, 0) })],
    ["an IPv4 option beyond the header", "bad-extension-header", four({ options: Uint8Array.of(1, 1, 7, 9) })],
    ["an IPv4 option without length", "bad-extension-header", four({ options: Uint8Array.of(1, 1, 1, 7) })],
    ["an IPv4 fragment without payload", "fragment-malformed", four({ offset: 8, payload: filler(0) })],
    ["an IPv4 fragment past 65535", "fragment-malformed", four({ offset: 65528, payload: filler(8) })],
    ["a first IPv4 fragment without whole header", "fragment-malformed", four({ mf: true, payload: filler(7) })],
    [
      "a first TCP fragment without whole options",
      "fragment-malformed",
      four({ protocol: TCP, mf: true, payload: patched(web, 12, 0x70) }),
    ],
    ["ICMPv6 in IPv4", "unsupported-protocol", four({ protocol: 58 })],
    ["hop-by-hop options in IPv4", "unsupported-protocol", four({ protocol: 0 })],
    ["an IPv6 Fragment header in IPv4", "unsupported-protocol", four({ protocol: 44 })],
    ["ICMPv4 in IPv6", "unsupported-protocol", six({ protocol: 1 })],
    ["a cut IPv6 header", "truncated", six({}).subarray(0, 39)],
    ["an IPv6 payload length beyond the packet", "bad-length", six({ length: 21 })],
    ["an extension header beyond the packet", "truncated", six({ extensions: chain(1), length: 7 }).subarray(0, 47)],
    [
      "an extension header of lying length",
      "truncated",
      six({ extensions: [[60, Uint8Array.of(0, 9, 1, 4, 0, 0, 0, 0)]] }),
    ],
    ["nine extension headers", "too-many-extension-headers", six({ extensions: chain(9) })],
    [
      "hop-by-hop options not first",
      "bad-extension-header",
      six({ extensions: [...chain(1), [0, destinationOptions(0)]] }),
    ],
    [
      "two Fragment headers",
      "bad-extension-header",
      six({ extensions: [fragment(0, false, 1), fragment(0, false, 1)] }),
    ],
    [
      "destination options behind a Fragment header",
      "bad-extension-header",
      six({ extensions: [fragment(0, true, 1), ...chain(1)] }),
    ],
    [
      "an Authentication Header behind a Fragment header",
      "bad-extension-header",
      six({ protocol: 51, extensions: [fragment(0, true, 1)] }),
    ],
    [
      "an IPv6 fragment without payload",
      "fragment-malformed",
      six({ extensions: [fragment(8, true, 1)], payload: filler(0) }),
    ],
    [
      "an IPv6 fragment past 65535",
      "fragment-malformed",
      six({ extensions: [fragment(65528, false, 1)], payload: filler(8) }),
    ],
    ["a TCP header that is cut", "truncated", six({ protocol: TCP, payload: web.subarray(0, 19) })],
    ["a TCP data offset below 5", "bad-length", six({ protocol: TCP, payload: patched(web, 12, 0x40) })],
    ["a TCP data offset beyond the packet", "bad-length", six({ protocol: TCP, payload: patched(web, 12, 0x70) })],
    ["a UDP header that is cut", "truncated", six({ payload: dns.subarray(0, 7) })],
    ["a UDP length beyond the packet", "bad-length", six({ payload: udp(1, 2, filler(4), 13) })],
    ["UDP without a checksum in IPv6", "udp-zero-checksum", six({ payload: udp(1, 2, filler(4)) })],
    ["UDP without a checksum in IPv4", "none", four({ payload: udp(1, 2, filler(4)) })],
    ["a UDP length below 8", "bad-length", six({ payload: udp(1, 2, filler(4), 7) })],
    ["an ICMP header that is cut", "truncated", four({ protocol: 1, payload: echo.subarray(0, 7) })],
    ["a redirect", "icmp-not-translatable", quotes(four({}), 5)],
    ["source quench", "icmp-not-translatable", quotes(four({}), 4)],
    [
      "neighbour discovery",
      "icmp-not-translatable",
      six({ protocol: 58, payload: icmp(135, 0, [0, 0, 0, 0], filler(16)) }),
    ],
    [
      "a timestamp request",
      "icmp-not-translatable",
      four({ protocol: 1, payload: icmp(13, 0, [0, 0, 0, 0], filler(12)) }),
    ],
    // Whether fragments of a query can be translated is up to whoever follows fragments.
    ["ICMP in a later fragment", "none", four({ protocol: 1, offset: 16, payload: filler(8) })],
    ["an echo in a first fragment", "none", four({ protocol: 1, mf: true, payload: echo })],
    [
      "an error in a first fragment",
      "fragmented-icmp-error",
      four({ protocol: 1, mf: true, payload: icmp(3, 1, [0, 0, 0, 0], four({})) }),
    ],
    ["an error about nothing", "icmp-inner-malformed", quotes(filler(0))],
    ["an error about half a header", "icmp-inner-malformed", quotes(four({}).subarray(0, 19))],
    ["an error about less than 8 bytes of payload", "icmp-inner-malformed", quotes(four({}).subarray(0, 27))],
    ["an ICMPv4 error about an IPv6 packet", "icmp-inner-malformed", quotes(six({}))],
    ["an error about an error", "icmp-error-about-error", quotes(quotes(four({})))],
  ])("%s: %s", (_, reason, bytes) => {
    expect(look(bytes).reason).toBe(reason);
  });

  it("every truncation of a packet is seen", () => {
    const extensions = [[0, destinationOptions(0)], fragment(0, false, 3)] as const;
    for (const whole of [four({}), six({}), ipv6({ protocol: TCP, payload: web, extensions }), quotes(four({}))]) {
      for (let length = 0; length < whole.length; length++) {
        expect(look(whole, length).reason).toMatch(/truncated|bad-length/);
      }
    }
  });
});

describe("the packet inside an ICMP error", () => {
  it("may be cut and need not have a right header checksum", () => {
    const inner = ipv4({ protocol: TCP, payload: web, ttl: 1 });
    inner[8] = 0;
    const payload = icmp(11, 0, [0, 0, 0, 0], inner.subarray(0, 28));
    const { reason, packet } = look(ipv4({ protocol: 1, payload, source: "10.1.2.3" }));
    expect(reason).toBe("none");
    expect(packet.isIcmpError).toBe(true);
    expect(packet.inner).toMatchObject({ offset: 28, transport: 48, available: 28, length: inner.length, tcpFlags: 0 });
    expect(packet.inner.tuple).toMatchObject({ sourcePort: 40000, destinationPort: 80 });
  });

  it("may be a later fragment, without ports", () => {
    const inner = ipv6({ protocol: UDP, payload: filler(24), extensions: [fragment(64, false, 1)] });
    const { reason, packet } = look(ipv6({ protocol: 58, payload: icmp(3, 0, [0, 0, 0, 0], inner) }));
    expect(reason).toBe("none");
    expect(packet.inner).toMatchObject({ isFragment: 1, fragmentOffset: 64 });
  });
});
