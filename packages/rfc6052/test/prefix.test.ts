import fc from "fast-check";
import { Address6 } from "ip-address";
import { describe, expect, it } from "vitest";
import { compilePrefix, formatIPv6, PREFIX_CHECK, parseIPv4, parseIPv6, wordsOf } from "../src/index.ts";
import { ipv6Words, prefixText, word } from "./support.ts";
import { BAD_PREFIXES, RFC6052_SECTION_2_4 } from "./vectors.ts";

describe("the table of RFC 6052 §2.4", () => {
  it.each(RFC6052_SECTION_2_4)("embeds $ipv4 in $prefix as $ipv6, and back", ({ prefix, ipv4, ipv6 }) => {
    const compiled = compilePrefix(prefix, { suffix: "refuse" });
    const bytes = new Uint8Array(16);
    compiled.embedBytes(parseIPv4(ipv4), bytes, 0);
    expect(formatIPv6(wordsOf(bytes))).toBe(ipv6);
    expect(compiled.checkBytes(bytes, 0)).toBe(PREFIX_CHECK.ok);
    expect(compiled.extractBytes(bytes, 0)).toBe(parseIPv4(ipv4));
  });
});

describe("a compiled prefix", () => {
  it.each(BAD_PREFIXES)("is not compiled from: $defect", ({ text, code }) => {
    expect(() => compilePrefix(text)).toThrow(expect.objectContaining({ name: "AddressError", code }));
  });

  it("returns every IPv4 address that was embedded, for every length, on words and on bytes", () => {
    fc.assert(
      fc.property(prefixText, word, fc.nat(7), (text, ipv4, offset) => {
        const prefix = compilePrefix(text, { suffix: "refuse", nonGlobal: "ignore" });
        const bytes = new Uint8Array(16 + 7).fill(0xaa);
        prefix.embedBytes(ipv4, bytes, offset);
        const words = [prefix.w0, prefix.embedW1(ipv4), prefix.embedW2(ipv4), prefix.embedW3(ipv4)] as const;
        expect(wordsOf(bytes, offset)).toEqual(words);
        expect(prefix.check(...words)).toBe(PREFIX_CHECK.ok);
        expect(prefix.checkBytes(bytes, offset)).toBe(PREFIX_CHECK.ok);
        expect(prefix.matchesBytes(bytes, offset)).toBe(true);
        expect(prefix.extract(words[1], words[2], words[3])).toBe(ipv4);
        expect(prefix.extractBytes(bytes, offset)).toBe(ipv4);
        const around = [...bytes.subarray(0, offset), ...bytes.subarray(offset + 16)];
        expect(around.every((byte) => byte === 0xaa)).toBe(true);
      }),
    );
  });

  it("embeds as ip-address does", () => {
    fc.assert(
      fc.property(prefixText, word, (text, ipv4) => {
        const prefix = compilePrefix(text);
        const dotted = [ipv4 >>> 24, (ipv4 >>> 16) & 255, (ipv4 >>> 8) & 255, ipv4 & 255].join(".");
        const words = [prefix.w0, prefix.embedW1(ipv4), prefix.embedW2(ipv4), prefix.embedW3(ipv4)] as const;
        expect(formatIPv6(words)).toBe(Address6.fromAddress4Nat64(dotted, text).correctForm());
      }),
    );
  });

  it("matches exactly the addresses that start with its bits", () => {
    fc.assert(
      fc.property(prefixText, ipv6Words, (text, random) => {
        const prefix = compilePrefix(text);
        const inSubnet = new Address6(formatIPv6(random)).isInSubnet(new Address6(text));
        expect(prefix.matches(random[0], random[1], random[2])).toBe(inSubnet);
      }),
    );
  });

  it.each(RFC6052_SECTION_2_4)(
    "$prefix stops matching when one of its bits is flipped, and only then",
    ({ prefix }) => {
      const compiled = compilePrefix(prefix);
      for (let bit = 0; bit < 96; bit++) {
        const words = [compiled.w0, compiled.w1, compiled.w2];
        words[bit >> 5] ^= 1 << (31 - (bit & 31));
        expect(compiled.matches(words[0], words[1], words[2]), `bit ${bit}`).toBe(bit >= compiled.length);
      }
    },
  );

  it("keeps its canonical text", () => {
    expect(compilePrefix("2001:0DB8:0:0::/96").text).toBe("2001:db8::/96");
  });
});

describe("the policies", () => {
  const lengths = RFC6052_SECTION_2_4.filter(({ prefix }) => !prefix.endsWith("/96"));

  it.each(lengths)("refuse a u octet in $prefix unless told to ignore it", ({ prefix, ipv6, ipv4 }) => {
    const [w0, w1, w2, w3] = parseIPv6(ipv6);
    const marred = w2 | (1 << 24);
    expect(compilePrefix(prefix).check(w0, w1, marred, w3)).toBe(PREFIX_CHECK.uOctet);
    const lenient = compilePrefix(prefix, { uOctet: "ignore" });
    expect(lenient.check(w0, w1, marred, w3)).toBe(PREFIX_CHECK.ok);
    expect(lenient.extract(w1, marred, w3)).toBe(parseIPv4(ipv4));
  });

  it.each(lengths)("ignore every suffix bit of $prefix unless told to refuse it", ({ prefix, ipv6, ipv4 }) => {
    const lenient = compilePrefix(prefix);
    const strict = compilePrefix(prefix, { suffix: "refuse" });
    for (let bit = lenient.length + 40; bit < 128; bit++) {
      const words = [...parseIPv6(ipv6)];
      words[bit >> 5] |= 1 << (31 - (bit & 31));
      const [w0, w1, w2, w3] = words;
      expect(lenient.check(w0, w1, w2, w3)).toBe(PREFIX_CHECK.ok);
      expect(lenient.extract(w1, w2, w3)).toBe(parseIPv4(ipv4));
      expect(strict.check(w0, w1, w2, w3)).toBe(PREFIX_CHECK.suffix);
    }
  });

  it("drop non-global IPv4 in the well-known prefix only (RFC 6052 §3.1)", () => {
    const private4 = parseIPv4("10.0.0.1");
    const wellKnown = compilePrefix("64:ff9b::/96");
    expect(wellKnown.isWellKnown).toBe(true);
    expect(wellKnown.check(0x64ff9b, 0, 0, private4)).toBe(PREFIX_CHECK.nonGlobal);
    expect(wellKnown.check(0x64ff9b, 0, 0, parseIPv4("8.8.8.8"))).toBe(PREFIX_CHECK.ok);
    const laboratory = compilePrefix("64:ff9b::/96", { nonGlobal: "ignore" });
    expect(laboratory.check(0x64ff9b, 0, 0, private4)).toBe(PREFIX_CHECK.ok);
    const localUse = compilePrefix("64:ff9b:1::/96");
    expect(localUse.isWellKnown).toBe(false);
    expect(localUse.check(0x64ff9b, 0x10000, 0, private4)).toBe(PREFIX_CHECK.ok);
  });

  it("report an address outside the prefix as outside, whatever else is wrong with it", () => {
    const strict = compilePrefix("2001:db8::/32", { suffix: "refuse" });
    expect(strict.check(0x20010db9, 0, -1, -1)).toBe(PREFIX_CHECK.notInPrefix);
  });
});
