import { describe, expect, it } from "vitest";
import {
  checksumError,
  concat,
  filler,
  fragment,
  icmp,
  ipv4,
  ipv6,
  layout,
  PROTOCOL,
  sum,
  tcp,
  toHex,
  u16,
  u32,
  udp,
  withChecksum,
} from "../packet/build.ts";
import { type Direction, run, translate } from "./run.ts";

const inner4 = withChecksum(ipv4({ protocol: 17, payload: udp(1000, 53, filler(20)), df: true, ttl: 1 }));
const inner6 = withChecksum(ipv6({ protocol: 17, payload: udp(1000, 53, filler(20)), hopLimit: 1 }));

function error4(type: number, code: number, rest: readonly number[], body: Uint8Array = inner4): Uint8Array {
  return withChecksum(ipv4({ protocol: PROTOCOL.icmp, payload: icmp(type, code, rest, body), source: "10.9.8.7" }));
}

function error6(type: number, code: number, rest: readonly number[], body: Uint8Array = inner6): Uint8Array {
  return withChecksum(ipv6({ protocol: PROTOCOL.icmpv6, payload: icmp(type, code, rest, body) }));
}

/** Type, code and second word of the ICMP header. */
function head(packet: Uint8Array): { type: number; code: number; rest: number } {
  const at = layout(packet).transport;
  const rest = packet.subarray(at + 4, at + 8).reduce((value, byte) => value * 256 + byte, 0);
  return { type: packet[at], code: packet[at + 1], rest };
}

const ZERO = [0, 0, 0, 0];

describe("RFC 7915 §4.2: ICMPv4 errors", () => {
  it.each([
    [3, 0, 1, 0],
    [3, 1, 1, 0],
    [3, 3, 1, 4],
    [3, 5, 1, 0],
    [3, 6, 1, 0],
    [3, 7, 1, 0],
    [3, 8, 1, 0],
    [3, 9, 1, 1],
    [3, 10, 1, 1],
    [3, 11, 1, 0],
    [3, 12, 1, 0],
    [3, 13, 1, 1],
    [3, 15, 1, 1],
    [11, 0, 3, 0],
    [11, 1, 3, 1],
  ])("type %i code %i becomes type %i code %i", (type, code, toType, toCode) => {
    const out = translate("4to6", error4(type, code, ZERO));
    expect(head(out)).toEqual({ type: toType, code: toCode, rest: 0 });
    expect(checksumError(out)).toBe(0);
  });

  it("protocol unreachable becomes Parameter Problem code 1 that points to the Next Header field", () => {
    expect(head(translate("4to6", error4(3, 2, ZERO)))).toEqual({ type: 4, code: 1, rest: 6 });
  });

  it.each([
    [3, 14],
    [3, 16],
    [3, 255],
    [12, 1],
    [12, 3],
  ])("type %i code %i is dropped", (type, code) => {
    expect(run("4to6", error4(type, code, ZERO)).reason).toBe("icmp-not-translatable");
  });

  const pointers = [0, 1, 4, 4, -1, -1, -1, -1, 7, 6, -1, -1, 8, 8, 8, 8, 24, 24, 24, 24, -1];
  it.each(pointers.map((to, from) => [from, to]))("figure 3: pointer %i becomes %i (-1: dropped)", (from, to) => {
    for (const code of [0, 2]) {
      const { reason, out } = run("4to6", error4(12, code, [from, 0, 0, 0]));
      if (to < 0) expect(reason).toBe("icmp-not-translatable");
      else expect(head(out)).toEqual({ type: 4, code: 0, rest: to });
    }
  });

  describe("Fragmentation Needed becomes Packet Too Big", () => {
    it.each([
      ["the MTU gains 20 bytes", 1400, 1500, 1500, 1420],
      ["never less than 1280", 576, 1500, 1500, 1280],
      ["never less than 1280, from 1259 on", 1259, 1500, 1500, 1280],
      ["1261 gives 1281", 1261, 1500, 1500, 1281],
      ["never more than the IPv6 MTU", 1500, 1500, 1500, 1500],
      ["never more than the IPv4 MTU and 20", 9000, 9000, 1480, 1500],
    ])("%s: %i with MTUs %i and %i gives %i", (_, mtu, mtuIPv6, mtuIPv4, expected) => {
      const out = translate("4to6", error4(3, 4, [0, 0, ...u16(mtu)]), { settings: { mtuIPv6, mtuIPv4 } });
      expect(head(out)).toEqual({ type: 2, code: 0, rest: expected });
    });

    it.each([
      [1500, 1512],
      [1492, 1280],
      [8166, 4372],
      [9000, 8186],
      [600, 1280],
    ])("RFC 1191 §7.1: from a router that tells no MTU the plateau below %i is used: %i", (length, expected) => {
      const inner = ipv4({ protocol: 6, payload: tcp(1, 2, filler(8)), length });
      const out = translate("4to6", error4(3, 4, ZERO, inner), { settings: { mtuIPv6: 65535, mtuIPv4: 65535 } });
      expect(head(out).rest).toBe(expected);
    });
  });
});

describe("RFC 7915 §5.2: ICMPv6 errors", () => {
  it.each([
    [1, 0, 3, 1],
    [1, 1, 3, 10],
    [1, 2, 3, 1],
    [1, 3, 3, 1],
    [1, 4, 3, 3],
    [3, 0, 11, 0],
    [3, 1, 11, 1],
    [4, 1, 3, 2],
  ])("type %i code %i becomes type %i code %i", (type, code, toType, toCode) => {
    const out = translate("6to4", error6(type, code, ZERO));
    expect(head(out)).toEqual({ type: toType, code: toCode, rest: 0 });
    expect(checksumError(out)).toBe(0);
  });

  it.each([
    [1, 5],
    [1, 6],
    [4, 2],
    [4, 3],
  ])("type %i code %i is dropped", (type, code) => {
    expect(run("6to4", error6(type, code, ZERO)).reason).toBe("icmp-not-translatable");
  });

  const pointers: readonly (readonly [number, number])[] = [
    [0, 0],
    [1, 1],
    [2, -1],
    [3, -1],
    [4, 2],
    [5, 2],
    [6, 9],
    [7, 8],
    [8, 12],
    [23, 12],
    [24, 16],
    [39, 16],
    [40, -1],
    [0xffffffff, -1],
  ];
  it.each(pointers)("figure 6: pointer %i becomes %i (-1: dropped)", (from, to) => {
    const { reason, out } = run("6to4", error6(4, 0, u32(from)));
    if (to < 0) expect(reason).toBe("icmp-not-translatable");
    else expect(head(out)).toEqual({ type: 12, code: 0, rest: to * 2 ** 24 });
  });

  it.each([
    ["the MTU loses 20 bytes", 1400, 1500, 1500, 1380],
    ["1280 gives 1260", 1280, 1500, 1500, 1260],
    ["less than 1280 is not believed (RFC 8200 §5)", 0, 1500, 1500, 1260],
    ["never more than the IPv4 MTU", 9000, 9000, 1500, 1500],
    ["never more than the IPv6 MTU less 20", 1500, 1480, 1500, 1460],
    ["more than 31 bits is no negative number", 0xffffffff, 1500, 1500, 1480],
  ])(
    "Packet Too Big becomes Fragmentation Needed: %s: %i with MTUs %i and %i gives %i",
    (_, mtu, mtuIPv6, mtuIPv4, expected) => {
      const out = translate("6to4", error6(2, 0, u32(mtu)), { settings: { mtuIPv6, mtuIPv4 } });
      expect(head(out)).toEqual({ type: 3, code: 4, rest: expected });
    },
  );
});

describe("RFC 7915 §4.3, §5.3: the packet inside", () => {
  it("is translated as if it stood alone, but its hop limit stays", () => {
    const settings = { identification: 7 };
    const out = translate("6to4", error6(1, 4, ZERO), { settings });
    const alone = translate(
      "6to4",
      inner6.map((byte, at) => (at === 7 ? 2 : byte)),
      { settings },
    );
    expect(toHex(out.subarray(28))).toBe(toHex(alone));
    expect(sum(out.subarray(28, 48))).toBe(0);
  });

  it("keeps the length that its header declares when it was cut off", () => {
    const whole = withChecksum(ipv4({ protocol: 6, payload: tcp(80, 4000, filler(1000)) }));
    const out = translate("4to6", error4(11, 0, ZERO, whole.subarray(0, 28)), { portShift: 9 });
    const inner = out.subarray(48);
    expect((inner[4] << 8) | inner[5]).toBe(1020);
    expect(inner.length).toBe(48);
    expect(toHex(inner.subarray(40, 44))).toBe(toHex(Uint8Array.from([...u16(80), ...u16(4009)])));
  });

  it("gets its own Fragment header when it is a fragment", () => {
    const payload = withChecksum(ipv4({ protocol: 17, payload: udp(1, 2, filler(16)) })).subarray(20);
    const inner = ipv4({ protocol: 17, payload, mf: true, id: 5 });
    const out = translate("4to6", error4(11, 1, ZERO, inner));
    expect(out[48 + 6]).toBe(44);
    expect(toHex(out.subarray(88, 96))).toBe("1100000100000005");
    expect(checksumError(out)).toBe(0);
  });

  it("loses its Fragment header and extension headers on the way to IPv4", () => {
    const options = [60, concat([0, 0, 1, 4], [0, 0, 0, 0])] as const;
    const inner = ipv6({ protocol: 17, payload: filler(24), extensions: [options, fragment(64, false, 9)] });
    const out = translate("6to4", error6(3, 0, ZERO, inner));
    expect(out.length).toBe(20 + 8 + 20 + 24);
    expect(toHex(out.subarray(32, 36))).toBe("00090008");
  });

  it("may carry an echo message", () => {
    const inner = withChecksum(ipv6({ protocol: 58, payload: icmp(129, 0, [0x12, 0x34, 0, 1], filler(8)) }));
    const out = translate("6to4", error6(1, 3, ZERO, inner));
    expect(out[48]).toBe(0);
    expect(checksumError(out.subarray(28))).toBe(0);
  });

  it("errors from private sources are translated", () => {
    expect(translate("4to6", error4(11, 0, ZERO)).subarray(20, 24)).toEqual(Uint8Array.of(10, 9, 8, 7));
  });
});

describe("length of errors", () => {
  const long4 = withChecksum(ipv4({ protocol: 17, payload: udp(1, 2, filler(1400)) }));
  const long6 = withChecksum(ipv6({ protocol: 17, payload: udp(1, 2, filler(1400)) }));

  it.each([
    ["RFC 4443 §2.4 (c): ICMPv6 errors fit 1280 bytes", "4to6", error4(3, 1, ZERO, long4), 1280],
    ["RFC 1812 §4.3.2.3: ICMPv4 errors fit 576 bytes", "6to4", error6(1, 0, ZERO, long6.subarray(0, 1232)), 576],
  ] as const)("%s, with a right checksum", (_, direction, packet, length) => {
    const out = translate(direction as Direction, packet);
    expect(out.length).toBe(length);
    expect(checksumError(out)).toBe(0);
  });

  it("a wrong checksum of an error that is cut stays as wrong", () => {
    const packet = withChecksum(error4(3, 1, ZERO, long4), 4711);
    expect(checksumError(translate("4to6", packet))).toBe(4711);
  });
});

describe("RFC 4884 extensions", () => {
  const extension = concat([0x20, 0, 0, 0], [0, 8, 1, 1, 0, 1, 0xf1, 0x40]); // an MPLS label stack (RFC 4950)
  const padded = (inner: Uint8Array, length: number) => concat(inner, new Uint8Array(length - inner.length), extension);
  const quoted = (out: Uint8Array) => out.subarray(layout(out).transport + 8);

  it("RFC 7915 §4.2: the length attribute is adjusted, the extension passes as it is", () => {
    const out = translate("4to6", error4(11, 0, [0, 32, 0, 0], padded(inner4, 128)));
    expect(head(out).rest).toBe(19 * 2 ** 24); // 128 + 20 bytes, rounded up to 152 = 19 · 8
    expect(quoted(out).length).toBe(152 + extension.length);
    expect(toHex(quoted(out).subarray(152))).toBe(toHex(extension));
    expect(
      quoted(out)
        .subarray(68, 152)
        .every((byte) => byte === 0),
    ).toBe(true);
    expect(checksumError(out)).toBe(0);
    expect(checksumError(quoted(out).subarray(0, 68))).toBe(0);
  });

  it("RFC 7915 §5.2: and the other way, padded to the 128 bytes that RFC 4884 wants", () => {
    const out = translate("6to4", error6(3, 0, [16, 0, 0, 0], padded(inner6, 128)));
    expect(head(out).rest).toBe(32 * 2 ** 16);
    expect(quoted(out).length).toBe(128 + extension.length);
    expect(toHex(quoted(out).subarray(128))).toBe(toHex(extension));
    expect(checksumError(out)).toBe(0);
  });

  it("RFC 4884 §5: bytes that the headers lost are padded with zeros, not with old contents", () => {
    const long = ipv6({ protocol: 17, payload: udp(1, 2, filler(200)) });
    const out = translate("6to4", error6(3, 0, [16, 0, 0, 0], concat(long.subarray(0, 128), extension)));
    expect(toHex(quoted(out).subarray(108, 128))).toBe("00".repeat(20));
    expect(toHex(quoted(out).subarray(128))).toBe(toHex(extension));
  });

  it("an extension stays when the original datagram has to be cut to make room for it", () => {
    const long = ipv6({ protocol: 17, payload: udp(1, 2, filler(1000)) });
    const body = concat(long.subarray(0, 1040), extension);
    const out = translate("6to4", error6(3, 0, [130, 0, 0, 0], body));
    expect(out.length).toBeLessThanOrEqual(576);
    const attribute = (head(out).rest / 2 ** 16) * 4;
    expect(attribute).toBe(536);
    expect(toHex(quoted(out).subarray(attribute))).toBe(toHex(extension));
    expect(checksumError(out)).toBe(0);
  });

  it("are left out where the new type has none: Packet Too Big, Parameter Problem", () => {
    for (const code of [2, 4]) {
      const out = translate("4to6", error4(3, code, [0, 32, 5, 0], padded(inner4, 128)));
      expect(quoted(out).length).toBe(128 + 20);
      expect(checksumError(out)).toBe(0);
    }
  });

  it("a length attribute that cannot be true is ignored", () => {
    for (const attribute of [31, 36, 255]) {
      const out = translate("4to6", error4(11, 0, [0, attribute, 0, 0], padded(inner4, 128)));
      expect(head(out).rest).toBe(0);
      expect(quoted(out).length).toBe(128 + 20 + extension.length);
      expect(checksumError(out)).toBe(0);
    }
  });
});
