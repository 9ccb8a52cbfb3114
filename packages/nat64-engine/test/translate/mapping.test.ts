import { compilePrefix, formatIPv4, formatIPv6, type IPv6Words, parseCidr, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tuple } from "../../src/packet/packet.ts";
import type { AddressMapping } from "../../src/translate/mapping/address-mapping.ts";
import { EamMapping, type ExplicitAddressMapping } from "../../src/translate/mapping/eam-mapping.ts";
import { FirstMatchMapping } from "../../src/translate/mapping/first-match-mapping.ts";
import { IcmpSourcePool } from "../../src/translate/mapping/icmp-source-pool.ts";
import { DirectMapping } from "../../src/translate/mapping/packet-mapping.ts";
import { NO_PREFIX, Rfc6052Mapping } from "../../src/translate/mapping/rfc6052-mapping.ts";
import { SwappedMapping } from "../../src/translate/mapping/swapped-mapping.ts";

function entry(ipv4: string, ipv6: string): ExplicitAddressMapping {
  const four = parseCidr(ipv4);
  const six = parseCidr(ipv6);
  const [w0, w1, w2, w3] = six.words;
  return { ipv4: four.words[0], ipv4Length: four.length, ipv6: [w0, w1, w2, w3], ipv6Length: six.length };
}

function to4(mapping: AddressMapping, ipv6: string): string | undefined {
  const out = new Int32Array(4);
  return mapping.toIPv4(Int32Array.from(parseIPv6(ipv6)), out) ? formatIPv4(out[0]) : undefined;
}

function to6(mapping: AddressMapping, ipv4: string): string | undefined {
  const out = new Int32Array(4);
  return mapping.toIPv6(parseIPv4(ipv4), out) ? formatIPv6([...out] as unknown as IPv6Words) : undefined;
}

describe("EAM", () => {
  // The example table of RFC 7757 §3.1 (figure 1), without its last row, which is the RFC 6052 one.
  const mapping = new EamMapping([
    entry("192.0.2.1/32", "2001:db8:aaaa::/128"),
    entry("192.0.2.2/32", "2001:db8:bbbb::b/128"),
    entry("192.0.2.16/28", "2001:db8:cccc::/124"),
    entry("192.0.2.128/26", "2001:db8:dddd::/64"),
    entry("192.0.2.192/29", "2001:db8:eeee:8::/62"),
    entry("192.0.2.224/31", "64:ff9b::/127"),
  ]);

  it.each([
    ["192.0.2.1", "2001:db8:aaaa::"],
    ["192.0.2.2", "2001:db8:bbbb::b"],
    ["192.0.2.16", "2001:db8:cccc::"],
    ["192.0.2.24", "2001:db8:cccc::8"],
    ["192.0.2.31", "2001:db8:cccc::f"],
    ["192.0.2.128", "2001:db8:dddd::"],
    ["192.0.2.152", "2001:db8:dddd:0:6000::"],
    ["192.0.2.183", "2001:db8:dddd:0:dc00::"],
    ["192.0.2.191", "2001:db8:dddd:0:fc00::"],
    ["192.0.2.193", "2001:db8:eeee:8:8000::"],
    ["192.0.2.199", "2001:db8:eeee:b:8000::"],
    ["192.0.2.224", "64:ff9b::"],
    ["192.0.2.225", "64:ff9b::1"],
  ])("RFC 7757 appendix A: %s is %s, both ways", (ipv4, ipv6) => {
    expect(to6(mapping, ipv4)).toBe(ipv6);
    expect(to4(mapping, ipv6)).toBe(ipv4);
  });

  it("RFC 7757 §3.3.2: the rest of a longer IPv6 suffix is ignored", () => {
    expect(to4(mapping, "2001:db8:dddd:0:6000::1234")).toBe("192.0.2.152");
  });

  it("knows nothing else", () => {
    expect(to6(mapping, "192.0.2.3")).toBeUndefined();
    expect(to4(mapping, "2001:db8:aaaa::1")).toBeUndefined();
  });

  it("RFC 7757 §3.2: of overlapping entries the longest prefix decides, each way", () => {
    const nested = new EamMapping([
      entry("198.51.100.0/24", "2001:db8:1::/120"),
      entry("198.51.100.7/32", "2001:db8:2::7/128"),
      entry("0.0.0.0/0", "2001:db8:3::/96"),
      entry("203.0.113.1/32", "2001:db8:1::f0/128"),
    ]);
    expect(to6(nested, "198.51.100.6")).toBe("2001:db8:1::6");
    expect(to6(nested, "198.51.100.7")).toBe("2001:db8:2::7");
    expect(to6(nested, "8.8.8.8")).toBe("2001:db8:3::808:808");
    expect(to4(nested, "2001:db8:1::f0")).toBe("203.0.113.1");
    expect(to4(nested, "2001:db8:1::f1")).toBe("198.51.100.241");
  });

  it("RFC 7757 §3.1: refuses an IPv6 suffix shorter than the IPv4 suffix, host bits, and the same prefix twice", () => {
    expect(() => new EamMapping([entry("192.0.2.0/24", "2001:db8::/121")])).toThrow(/no room/);
    expect(() => new EamMapping([{ ...entry("192.0.2.0/24", "2001:db8::/120"), ipv4: 1 }])).toThrow(/bits set/);
    for (const lengths of [
      { ipv4Length: 33 },
      { ipv4Length: -1 },
      { ipv6Length: -1 },
      { ipv4Length: 32, ipv6Length: 129 },
    ]) {
      expect(() => new EamMapping([{ ...entry("0.0.0.0/0", "::/96"), ...lengths }])).toThrow(/no room/);
    }
    const twice = [entry("192.0.2.0/32", "2001:db8::/128"), entry("192.0.2.0/32", "2001:db8::1/128")];
    expect(() => new EamMapping(twice)).toThrow(/same/);
  });

  it("agrees with a plain search over thousands of entries, both ways", () => {
    const entries = Array.from({ length: 3000 }, (_, i) => {
      const ipv4 = Math.imul(i, 0x9e3779b1) & -256;
      return { ipv4, ipv4Length: 24, ipv6: [0x20010db8, i, 0, 0], ipv6Length: 64 } as const;
    });
    const table = new EamMapping(entries);
    fc.assert(
      fc.property(fc.nat(2999), fc.nat(255), fc.integer(), (i, host, other) => {
        const out = new Int32Array(4);
        expect(table.toIPv6(entries[i].ipv4 | host, out)).toBe(true);
        expect([...out]).toEqual([0x20010db8, i, host << 24, 0]);
        const back = new Int32Array(1);
        expect(table.toIPv4(out, back)).toBe(true);
        expect(back[0]).toBe(entries[i].ipv4 | host);
        expect(table.toIPv6(other, out)).toBe(entries.some(({ ipv4 }) => ipv4 === (other & -256)));
      }),
    );
  });
});

describe("RFC 6052", () => {
  const mapping = new Rfc6052Mapping([compilePrefix("2001:db8:64::/96"), compilePrefix("2001:db8:100::/40")]);

  it("maps from every prefix, into the first, and tells which it was", () => {
    expect(to4(mapping, "2001:db8:64::192.0.2.33")).toBe("192.0.2.33");
    expect(to4(mapping, "2001:db8:1c0:2:21::")).toBe("192.0.2.33");
    expect(to6(mapping, "192.0.2.33")).toBe("2001:db8:64::c000:221");
    expect(mapping.indexOf(Int32Array.from(parseIPv6("2001:db8:1c0:2:21::")))).toBe(1);
    expect(mapping.indexOf(Int32Array.from(parseIPv6("2001:db9::")))).toBe(NO_PREFIX);
  });

  it("RFC 6052 §3.1: the well-known prefix takes no private addresses", () => {
    const wellKnown = new Rfc6052Mapping([compilePrefix("64:ff9b::/96")]);
    expect(to6(wellKnown, "10.0.0.1")).toBeUndefined();
    expect(to4(wellKnown, "64:ff9b::10.0.0.1")).toBeUndefined();
    expect(to6(wellKnown, "8.8.8.8")).toBe("64:ff9b::808:808");
  });
});

describe("mappings of packets", () => {
  const addresses = new FirstMatchMapping([
    new EamMapping([entry("198.18.0.1/32", "2001:db8:ffff::1/128")]),
    new Rfc6052Mapping([compilePrefix("2001:db8:64::/96")]),
  ]);
  const tuple = (source: string, destination: string): Tuple => {
    const made = new Tuple();
    made.source.set(source.includes(":") ? parseIPv6(source) : [parseIPv4(source)]);
    made.destination.set(destination.includes(":") ? parseIPv6(destination) : [parseIPv4(destination)]);
    return Object.assign(made, { sourcePort: 4000, destinationPort: 80 });
  };
  const six = tuple("2001:db8:64::8.8.8.8", "2001:db8:ffff::1");

  it("RFC 7757 §3.2: an explicit mapping goes before the prefix", () => {
    expect(to6(addresses, "198.18.0.1")).toBe("2001:db8:ffff::1");
    expect(to6(addresses, "198.18.0.2")).toBe("2001:db8:64::c612:2");
    expect(to4(addresses, "2001:db8:64::198.18.0.1")).toBe("198.18.0.1");
  });

  it("direct: source stays source", () => {
    const out = new Tuple();
    expect(new DirectMapping(addresses).toIPv4(six, out)).toBe(true);
    expect([formatIPv4(out.source[0]), formatIPv4(out.destination[0])]).toEqual(["8.8.8.8", "198.18.0.1"]);
    expect(out).toMatchObject({ sourcePort: 4000, destinationPort: 80 });
  });

  it("swapped: source becomes destination, ports stay, and back again", () => {
    const swapped = new SwappedMapping(addresses);
    const out = new Tuple();
    expect(swapped.toIPv4(six, out)).toBe(true);
    expect([formatIPv4(out.source[0]), formatIPv4(out.destination[0])]).toEqual(["198.18.0.1", "8.8.8.8"]);
    expect(out).toMatchObject({ sourcePort: 4000, destinationPort: 80 });
    const back = new Tuple();
    expect(swapped.toIPv6(out, back)).toBe(true);
    expect(back).toEqual(six);
  });

  it("say so when one of the addresses has no counterpart", () => {
    const out = new Tuple();
    expect(new DirectMapping(addresses).toIPv4(tuple("2001:db8:64::8.8.8.8", "2001:db8::5"), out)).toBe(false);
    expect(new SwappedMapping(addresses).toIPv4(tuple("2001:db8::5", "2001:db8:ffff::1"), out)).toBe(false);
  });
});

describe("sources of ICMP errors without mapping", () => {
  it("RFC 6791 §3.1: come from the pool, any of it", () => {
    const pool = new IcmpSourcePool([1, 2, 3]);
    expect(new Set([0, 1, 2, -1, 0x7fffffff].map((random) => pool.choose(random)))).toEqual(new Set([1, 2, 3]));
  });

  it("RFC 7600: are 192.0.0.8 without one", () => {
    expect(formatIPv4(new IcmpSourcePool([]).choose(12345))).toBe("192.0.0.8");
  });
});
