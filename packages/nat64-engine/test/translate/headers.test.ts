/** Literal packets, worked out by hand from RFC 791, RFC 8200 and RFC 7915. */
import { describe, expect, it } from "vitest";
import { nextIdentification, TranslateSettings } from "../../src/translate/settings.ts";
import {
  concat,
  filler,
  fragment,
  hex,
  icmp,
  ipv4,
  ipv6,
  PROTOCOL,
  tcp,
  toHex,
  udp,
  withChecksum,
} from "../packet/build.ts";
import { run, translate } from "./run.ts";

const V6_SOURCE = "20010db8 00640000 00000000 c0000201";
const V6_DESTINATION = "20010db8 00640000 00000000 c6336402";

describe("RFC 7915 §5.1: IPv6 to IPv4, byte for byte", () => {
  it("TCP SYN: traffic class to TOS, hop limit less one, flow label gone, checksum updated", () => {
    const input = hex(`6b812345 0014 06 40 | ${V6_SOURCE} | ${V6_DESTINATION}
      9c40 0050 00000001 00000000 5002 faf0 1234 0000`);
    // What leaves the pseudo-header is twice 2001:db8:64::, 2 · (0x2001 + 0x0db8 + 0x0064) = 0x5c3a.
    const output = hex(`45b8 0028 0001 0000 3f 06 8ee0 c0000201 c6336402
      9c40 0050 00000001 00000000 5002 faf0 6e6e 0000`);
    expect(toHex(translate("6to4", input))).toBe(toHex(output));
  });

  it("ICMPv6 echo: type 128 becomes 8, and the pseudo-header leaves the checksum", () => {
    const input = hex(`60000000 000c 3a 40 | ${V6_SOURCE} | ${V6_DESTINATION} | 8000 0000 1234 0001 61626364`);
    const out = translate("6to4", withChecksum(input));
    expect(toHex(out.subarray(20))).toBe("0800" + "2104" + "1234" + "0001" + "61626364");
    expect(out[9]).toBe(1);
  });
});

describe("RFC 7915 §4.1: IPv4 to IPv6, byte for byte", () => {
  it("UDP: TOS to traffic class, flow label 0, checksum updated", () => {
    const input = ipv4({ protocol: 17, tos: 0xb8, ttl: 64, df: true, payload: hex("0035 9c40 000c 1234 61626364") });
    const output = hex(`6b800000 000c 11 3f | ${V6_SOURCE} | ${V6_DESTINATION} | 0035 9c40 000c b5f9 61626364`);
    // 0x1234 - 0x5c3a is 0xb5f9 in one's complement.
    expect(toHex(translate("4to6", input))).toBe(toHex(output));
  });

  it("fragment: a Fragment header with offset, M and the Identification in its low 16 bits", () => {
    const input = ipv4({ protocol: 17, ttl: 2, id: 0xabcd, offset: 1480, mf: true, payload: hex("6162636465666768") });
    const output = hex(
      `60000000 0010 2c 01 | ${V6_SOURCE} | ${V6_DESTINATION} | 11 00 05c9 0000abcd | 6162636465666768`,
    );
    expect(toHex(translate("4to6", input))).toBe(toHex(output));
  });
});

describe("RFC 7915 §4.1: from IPv4", () => {
  const payload = udp(1, 2, filler(8));

  it("options are ignored", () => {
    const plain = withChecksum(ipv4({ protocol: 17, payload }));
    const options = Uint8Array.of(7, 7, 8, 1, 2, 3, 4, 1, 131, 3, 4, 0);
    const withOptions = withChecksum(ipv4({ protocol: 17, payload, options }));
    expect(toHex(translate("4to6", withOptions))).toBe(toHex(translate("4to6", plain)));
  });

  it("no Fragment header is added to a packet that is not a fragment, DF set or not (RFC 8021)", () => {
    for (const df of [true, false]) expect(translate("4to6", ipv4({ protocol: 17, df, payload }))[6]).toBe(17);
  });

  it("a fragment with DF set gets its Fragment header all the same", () => {
    expect(
      translate(
        "4to6",
        ipv4({ protocol: 17, df: true, mf: true, payload: withChecksum(ipv4({ protocol: 17, payload })).subarray(20) }),
      )[6],
    ).toBe(44);
  });

  it("link padding does not become payload", () => {
    const input = withChecksum(ipv4({ protocol: 17, payload }));
    expect(toHex(run("4to6", input, { padding: 10 }).out)).toBe(toHex(translate("4to6", input)));
  });

  it("other protocols are forwarded as they are", () => {
    const out = translate("4to6", ipv4({ protocol: 132, payload: filler(12) }));
    expect(out[6]).toBe(132);
    expect(out.subarray(40)).toEqual(filler(12));
  });
});

describe("RFC 7915 §5.1: DF and Identification", () => {
  const sized = (total: number) => withChecksum(ipv6({ protocol: 17, payload: udp(1, 2, filler(total - 28)) }));
  const field = (out: Uint8Array) => (out[6] << 8) | out[7];
  const id = (out: Uint8Array) => (out[4] << 8) | out[5];

  it("up to 1260 bytes DF is clear and the Identification generated", () => {
    const out = translate("6to4", sized(1260), { settings: { identification: 0x00ff } });
    expect(out.length).toBe(1260);
    expect(field(out)).toBe(0);
    expect(id(out)).toBe(0x0100);
  });

  it("from 1261 bytes DF is set, and the Identification needs no value (RFC 6864 §4.1)", () => {
    const out = translate("6to4", sized(1261), { settings: { identification: 0x00ff } });
    expect(out.length).toBe(1261);
    expect(field(out)).toBe(0x4000);
    expect(id(out)).toBe(0);
  });

  it("RFC 6864 §4.3: Identifications repeat only after all 65,536 were used", () => {
    const settings = Object.assign(new TranslateSettings(), { identification: 0xfff0 });
    const ids = new Set(Array.from({ length: 65536 }, () => nextIdentification(settings, 1)));
    expect(ids.size).toBe(65536);
    expect(Math.max(...ids)).toBe(0xffff);
  });

  it("RFC 6864 §4.3: a super-packet takes an Identification for each segment that it is cut into", () => {
    const packet = ipv6({ protocol: 6, payload: tcp(1, 2, filler(5000)) });
    const settings = Object.assign(new TranslateSettings(), { identification: 0xfffd });
    expect(nextIdentification(settings, 1, 5)).toBe(0xfffe);
    expect(nextIdentification(settings, 1)).toBe(0x0003);
    // 1000, 1000, 1000, 1000 and 1000 bytes; with 1200 the last has 200.
    for (const segmentSize of [1000, 1200]) {
      const next = run("6to4", packet, { segmentSize, settings: { identification: 0x0100 } }).settings.identification;
      expect(next).toBe(0x0105);
    }
    expect(run("6to4", packet, { segmentSize: 0, settings: { identification: 0x0100 } }).settings.identification).toBe(
      0x0100,
    );
  });

  it("of a super-packet the size of a segment counts", () => {
    const packet = ipv6({ protocol: 6, payload: tcp(1, 2, filler(5000), filler(12)) });
    // 20 + 32 + 1208 = 1260
    expect(field(translate("6to4", packet, { segmentSize: 1208 }))).toBe(0);
    expect(field(translate("6to4", packet, { segmentSize: 1209 }))).toBe(0x4000);
    const datagrams = withChecksum(ipv6({ protocol: 17, payload: udp(1, 2, filler(5000)) }));
    expect(field(translate("6to4", datagrams, { segmentSize: 1232 }))).toBe(0);
    expect(field(translate("6to4", datagrams, { segmentSize: 1233 }))).toBe(0x4000);
  });

  it("§5.1.1: with a Fragment header DF is clear whatever the size, and the Identification its low 16 bits", () => {
    for (const more of [true, false]) {
      const input = ipv6({ protocol: 17, payload: filler(1400), extensions: [fragment(800, more, 0x1234abcd)] });
      const out = translate("6to4", input);
      expect(field(out)).toBe((more ? 0x2000 : 0) | 100);
      expect(id(out)).toBe(0xabcd);
      expect(out[9]).toBe(17);
    }
  });

  it("§5.1.1: an atomic fragment keeps its Identification and may be fragmented", () => {
    const out = translate(
      "6to4",
      withChecksum(ipv6({ protocol: 17, payload: udp(1, 2, filler(1400)), extensions: [fragment(0, false, 7)] })),
    );
    expect(field(out)).toBe(0);
    expect(id(out)).toBe(7);
  });

  it("a packet that IPv4 cannot express is refused", () => {
    const huge = withChecksum(ipv6({ protocol: 17, payload: udp(1, 2, filler(65520 - 8)) }));
    expect(run("6to4", huge).reason).toBe("packet-too-big");
  });
});

describe("RFC 7915 §5.1: from IPv6", () => {
  it("hop-by-hop options, destination options and used-up routing headers disappear", () => {
    const payload = udp(1, 2, filler(9));
    const extensions = [
      [0, concat([0, 0, 1, 4], [0, 0, 0, 0])],
      [60, concat([0, 1, 1, 12], new Uint8Array(12))],
      [43, concat([0, 0, 4, 0], [0, 0, 0, 0])],
    ] as const;
    const plain = translate("6to4", withChecksum(ipv6({ protocol: 17, payload })));
    const stripped = translate("6to4", withChecksum(ipv6({ protocol: 17, payload, extensions })));
    expect(toHex(stripped)).toBe(toHex(plain));
  });
});

describe("echo messages", () => {
  it.each([
    ["6to4", 128, 8],
    ["6to4", 129, 0],
    ["4to6", 8, 128],
    ["4to6", 0, 129],
  ] as const)("RFC 7915 §4.2, §5.2: %s type %i becomes %i, with another Identifier", (direction, type, expected) => {
    const payload = icmp(type, 0, [0x10, 0x00, 0, 1], filler(11));
    const input =
      direction === "6to4" ? ipv6({ protocol: PROTOCOL.icmpv6, payload }) : ipv4({ protocol: PROTOCOL.icmp, payload });
    for (const side of ["sourcePort", "destinationPort"] as const) {
      const retarget = (target: { sourcePort: number; destinationPort: number }) => {
        target[side] = 0x2345;
      };
      const out = translate(direction, withChecksum(input), { retarget });
      const icmpAt = direction === "6to4" ? 20 : 40;
      expect([out[icmpAt], out[icmpAt + 4], out[icmpAt + 5]]).toEqual([expected, 0x23, 0x45]);
    }
  });
});

describe("6→6 (hairpinning, RFC 6146 §3.8)", () => {
  it("changes addresses, ports and hop limit, and no other byte", () => {
    const input = withChecksum(ipv6({ protocol: 17, payload: udp(1000, 2000, filler(5)), flowLabel: 0x54321 }));
    const out = translate("6to6", input, { portShift: 7 });
    const changed = [...out.keys()].filter((at) => out[at] !== input[at]);
    const allowed = [7, 20, 21, 22, 23, 36, 37, 38, 39, 40, 41, 46, 47];
    expect(changed.filter((at) => !allowed.includes(at))).toEqual([]);
    expect(out[7]).toBe(input[7] - 1);
    expect((out[40] << 8) | out[41]).toBe(1007);
  });

  it.each([8, 264, 2048])(
    "RFC 7915 §5.1: options of %i bytes disappear as on the way to IPv4, fragments stay fragments",
    (size) => {
      const options = [60, concat([0, size / 8 - 1, 1, size === 8 ? 4 : 0], new Uint8Array(size - 4))] as const;
      const fields = { protocol: 17, payload: udp(1000, 2000, filler(8)), trafficClass: 0xb8 };
      for (const kept of [[], [fragment(0, true, 0x0a0b0c0d)]]) {
        const plain = translate("6to6", withChecksum(ipv6({ ...fields, extensions: kept })), { portShift: 7 });
        const input = withChecksum(ipv6({ ...fields, extensions: [options, ...kept] }));
        expect(translate("6to6", input, { portShift: 7 })).toEqual(plain);
      }
    },
  );
});
