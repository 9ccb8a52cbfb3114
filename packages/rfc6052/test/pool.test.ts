import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePool, formatIPv4, formatIPv6, parseIPv6, SELECTOR, selectorUse, wordsOf } from "../src/index.ts";
import { word } from "./support.ts";

const selector = fc.integer({ min: 0, max: 0xffff });

describe("a /80", () => {
  const pool = compilePool("2001:db8:64:1::/80");

  it("puts the selector between its own bits and the IPv4 address", () => {
    expect(pool.embed(0, "192.0.2.1")).toBe("2001:db8:64:1::c000:201");
    expect(pool.embed(0x2a, "192.0.2.1")).toBe("2001:db8:64:1:0:2a:c000:201");
    expect(compilePool("2001:db8:64:1:ab::/80").embed(SELECTOR.self, "0.0.0.1")).toBe("2001:db8:64:1:ab:ffff:0:1");
  });

  it("consists of 65,536 /96 prefixes that agree with it", () => {
    fc.assert(
      fc.property(selector, word, (s, ipv4) => {
        const bytes = new Uint8Array(16);
        pool.embedBytes(s, ipv4, bytes, 0);
        const prefix = pool.prefix(s);
        expect(prefix.text).toBe(`${formatIPv6([pool.w0, pool.w1, pool.w2 | s, 0])}/96`);
        expect(prefix.checkBytes(bytes, 0)).toBe(0);
        expect(prefix.extractBytes(bytes, 0)).toBe(ipv4);
        const [w0, w1, w2] = wordsOf(bytes);
        expect(pool.matches(w0, w1, w2)).toBe(true);
        expect(pool.selector(w2)).toBe(s);
        const text = pool.embed(s, formatIPv4(ipv4));
        expect(parseIPv6(text)).toEqual(wordsOf(bytes));
        expect(pool.parse(text)).toEqual({ selector: s, use: selectorUse(s), ipv4: formatIPv4(ipv4) });
      }),
    );
  });

  it("contains no address that differs in one of its first 80 bits", () => {
    for (let bit = 0; bit < 96; bit++) {
      const words = [pool.w0, pool.w1, pool.w2];
      words[bit >> 5] ^= 1 << (31 - (bit & 31));
      expect(pool.matches(words[0], words[1], words[2])).toBe(bit >= 80);
    }
  });

  it.each([
    [0x0000, "automatic"],
    [0x0001, "pinned"],
    [0xfeff, "pinned"],
    [0xff00, "reserved"],
    [0xfffe, "reserved"],
    [0xffff, "self"],
  ])("has selector %i for %s", (s, use) => {
    expect(selectorUse(s)).toBe(use);
  });

  it.each([
    { defect: "a /96", text: "2001:db8::/96", code: "prefix-length" },
    { defect: "a /64", text: "2001:db8::/64", code: "prefix-length" },
    { defect: "bits 64–71 set", text: "2001:db8:0:0:100::/80", code: "u-octet" },
    { defect: "selector bits set", text: "2001:db8::1:0:0/80", code: "host-bits" },
    { defect: "IPv4", text: "10.0.0.0/8", code: "invalid-ipv6" },
    { defect: "no length", text: "2001:db8::", code: "invalid-prefix" },
  ])("is not compiled from $defect", ({ text, code }) => {
    expect(() => compilePool(text)).toThrow(expect.objectContaining({ name: "AddressError", code }));
  });

  it.each([-1, 0x10000, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("has no selector %d", (s) => {
    expect(() => pool.embed(s, "192.0.2.1")).toThrow(expect.objectContaining({ code: "invalid-selector" }));
    expect(() => pool.prefix(s)).toThrow(expect.objectContaining({ code: "invalid-selector" }));
  });

  it("does not parse an address of another prefix", () => {
    expect(() => pool.parse("2001:db8:64:2::1")).toThrow(expect.objectContaining({ code: "not-in-prefix" }));
  });
});
