import fc from "fast-check";
import { Address4, Address6 } from "ip-address";
import { describe, expect, it } from "vitest";
import {
  classify,
  classifyIPv4,
  classifyIPv6,
  formatIPv4,
  formatIPv6,
  IPV4_SPECIAL_PURPOSE,
  IPV6_SPECIAL_PURPOSE,
  isGlobalUnicastIPv4,
  isGlobalUnicastIPv6,
  parseCidr,
} from "../src/index.ts";
import { int32s, toBigInt, word } from "./support.ts";

/** Longest match by linear search: an oracle that shares no code with the search under test. */
function oracle(family: 4 | 6): (address: bigint) => string {
  const bits = family === 4 ? 32 : 128;
  const registry = family === 4 ? IPV4_SPECIAL_PURPOSE : IPV6_SPECIAL_PURPOSE;
  const others = family === 4 ? ["0.0.0.0/0", "224.0.0.0/4"] : ["::/0", "2000::/3", "ff00::/8"];
  const blocks = [...registry.map((entry) => entry.block), ...others]
    .map((block) => {
      const { words, length } = parseCidr(block);
      const shift = BigInt(bits - length);
      return { block, length, shift, head: toBigInt(words.slice(0, bits / 32)) >> shift };
    })
    .sort((a, b) => b.length - a.length);
  return (address) => blocks.find(({ shift, head }) => address >> shift === head)!.block;
}

/** First and last address of every block and their neighbours, where a wrong mask becomes visible. */
function edges(family: 4 | 6): bigint[] {
  const bits = family === 4 ? 32n : 128n;
  const registry = family === 4 ? IPV4_SPECIAL_PURPOSE : IPV6_SPECIAL_PURPOSE;
  return registry.flatMap(({ block }) => {
    const { words, length } = parseCidr(block);
    const first = toBigInt(words.slice(0, Number(bits) / 32));
    const last = first + (1n << (bits - BigInt(length))) - 1n;
    return [first - 1n, first, last, last + 1n].map((each) => BigInt.asUintN(Number(bits), each));
  });
}

const toWords = (address: bigint): [number, number, number, number] =>
  [96n, 64n, 32n, 0n].map((shift) => Number(BigInt.asIntN(32, address >> shift))) as [number, number, number, number];

describe("classify", () => {
  it("finds the longest block at the edges of every IPv4 block", () => {
    const find = oracle(4);
    for (const address of edges(4)) {
      expect(classifyIPv4(Number(BigInt.asIntN(32, address))).block, formatIPv4(Number(address))).toBe(find(address));
    }
  });

  it("finds the longest block at the edges of every IPv6 block", () => {
    const find = oracle(6);
    for (const address of edges(6)) {
      const words = toWords(address);
      expect(classifyIPv6(...words).block, formatIPv6(words)).toBe(find(address));
    }
  });

  it("finds the longest block for random IPv4 addresses", () => {
    const find = oracle(4);
    fc.assert(
      fc.property(word, (ipv4) => classifyIPv4(ipv4).block === find(BigInt(ipv4 >>> 0))),
      { numRuns: 20_000 },
    );
  });

  it("finds the longest block for IPv6 addresses near the special-purpose ones", () => {
    const find = oracle(6);
    const near = fc
      .tuple(
        fc.constantFrom(...edges(6)),
        fc.integer({ min: 0, max: 127 }),
        fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      )
      .map(([edge, kept, noise]) => BigInt.asUintN(128, edge ^ (noise >> BigInt(kept))));
    fc.assert(
      fc.property(near, (address) => classifyIPv6(...toWords(address)).block === find(address)),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["8.8.8.8", "global-unicast", true],
    ["192.0.0.8", "special-purpose", false],
    ["192.0.0.9", "special-purpose", false],
    ["192.88.99.1", "special-purpose", false],
    ["192.88.99.2", "special-purpose", false],
    ["192.31.196.1", "special-purpose", true],
    ["224.0.0.1", "multicast", false],
    ["239.255.255.255", "multicast", false],
    ["255.255.255.255", "special-purpose", false],
    ["2a00:1450::1", "global-unicast", true],
    ["2001:200::", "global-unicast", true],
    ["2001:0:4136:e378::", "special-purpose", false],
    ["2001:10::1", "special-purpose", false],
    ["2001:1::1", "special-purpose", false],
    ["2620:4f:8000::1", "special-purpose", true],
    ["64:ff9b::808:808", "special-purpose", false],
    ["64:ff9b:1::1", "special-purpose", false],
    ["100:0:0:1::1", "special-purpose", false],
    ["3fff:fff::1", "special-purpose", false],
    ["3fff:1000::1", "global-unicast", true],
    ["::", "special-purpose", false],
    ["::192.0.2.1", "unallocated", false],
    ["fec0::1", "unallocated", false],
    ["4000::1", "unallocated", false],
    ["ff02::1", "multicast", false],
  ])("says that %s is %s", (address, kind, isGlobalUnicast) => {
    expect(classify(address)).toMatchObject({ kind, isGlobalUnicast });
    expect(classify(address).entry === undefined).toBe(kind !== "special-purpose");
  });

  it.each(["", "nonsense", "1.2.3", "1.2.3.4/32", "::1%lo", "::1/128", "01.2.3.4"])("refuses %j", (text) => {
    expect(() => classify(text)).toThrow(expect.objectContaining({ name: "AddressError" }));
  });
});

describe("the registries", () => {
  it.each([...IPV4_SPECIAL_PURPOSE, ...IPV6_SPECIAL_PURPOSE])(
    "agree with ip-address on the reach of $block",
    (entry) => {
      const first = entry.block.slice(0, entry.block.indexOf("/"));
      // ip-address differs for two kinds of address: a blank cell (it inherits the flag, we treat it as false), and an
      // embedded IPv4 address (it looks inside).
      if (entry.globallyReachable === null || entry.block === "64:ff9b::/96") return;
      const theirs = (entry.block.includes(":") ? new Address6(first) : new Address4(first)).isGlobal();
      // The first address of a block may be in a longer block: compare with the entry that classify finds.
      expect(classify(first).entry!.globallyReachable === true).toBe(theirs);
    },
  );

  it("contain no duplicate block and no host bits", () => {
    for (const registry of [IPV4_SPECIAL_PURPOSE, IPV6_SPECIAL_PURPOSE]) {
      expect(new Set(registry.map(({ block }) => block)).size).toBe(registry.length);
      for (const { block } of registry) expect(() => parseCidr(block)).not.toThrow();
    }
  });
});

describe("the per-packet predicates", () => {
  it("agree with classify on text for random addresses", () => {
    const random = int32s(6052);
    for (let i = 0; i < 5_000; i++) {
      const ipv4 = random();
      expect(isGlobalUnicastIPv4(ipv4)).toBe(classify(formatIPv4(ipv4)).isGlobalUnicast);
      const words = [i % 2 === 0 ? (random() >>> 3) | 0x20000000 : random(), random(), random(), random()] as const;
      expect(isGlobalUnicastIPv6(...words)).toBe(classify(formatIPv6(words)).isGlobalUnicast);
    }
  });

  it("agree with a plain list of non-global ranges for two million IPv4 addresses", () => {
    // Written by hand from RFC 6890 and its updates, as first and last addresses, independently of the table.
    const notGlobal = [
      ["0.0.0.0", "0.255.255.255"],
      ["10.0.0.0", "10.255.255.255"],
      ["100.64.0.0", "100.127.255.255"],
      ["127.0.0.0", "127.255.255.255"],
      ["169.254.0.0", "169.254.255.255"],
      ["172.16.0.0", "172.31.255.255"],
      ["192.0.0.0", "192.0.0.255"],
      ["192.0.2.0", "192.0.2.255"],
      ["192.88.99.0", "192.88.99.255"],
      ["192.168.0.0", "192.168.255.255"],
      ["198.18.0.0", "198.19.255.255"],
      ["198.51.100.0", "198.51.100.255"],
      ["203.0.113.0", "203.0.113.255"],
      ["224.0.0.0", "255.255.255.255"],
    ].map((range) => range.map((text) => Number(new Address4(text).bigInt())));
    const random = int32s(6890);
    let wrong = 0;
    for (let i = 0; i < 2_000_000; i++) {
      // Every second address is near the edge of a range, where errors are likely.
      const [first, last] = notGlobal[i % notGlobal.length];
      const ipv4 = i % 2 === 0 ? random() >>> 0 : ((i % 4 === 1 ? first : last) + (random() & 0x3ff) - 0x200) >>> 0;
      const expected = !notGlobal.some(([from, to]) => ipv4 >= from && ipv4 <= to);
      if (isGlobalUnicastIPv4(ipv4 | 0) !== expected) wrong++;
    }
    expect(wrong).toBe(0);
  });
});
