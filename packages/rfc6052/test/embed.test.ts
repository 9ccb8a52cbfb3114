import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compilePrefix,
  embed,
  extract,
  formatIPv4,
  formatIPv6,
  isInLocalUseBlock,
  isInWellKnownPrefix,
  parseIPv6,
} from "../src/index.ts";
import { ipv6Words, prefixText, word } from "./support.ts";
import { BAD_IPV4, BAD_IPV6, BAD_PREFIXES, RFC6052_SECTION_2_4 } from "./vectors.ts";

const failure = (code: string) => expect.objectContaining({ name: "AddressError", code, message: expect.any(String) });

describe("embed and extract", () => {
  it.each(RFC6052_SECTION_2_4)("embed $ipv4 in $prefix and extract it again", ({ prefix, ipv4, ipv6 }) => {
    expect(embed(prefix, ipv4)).toBe(ipv6);
    expect(extract(prefix, ipv6, { suffix: "refuse" })).toBe(ipv4);
  });

  it("write dotted decimal for a /96 when asked to, as in RFC 6052 §2.4, table 2", () => {
    expect(embed("64:ff9b::/96", "192.0.2.33", { dotted: true, nonGlobal: "ignore" })).toBe("64:ff9b::192.0.2.33");
    expect(embed("2001:db8:122:344::/96", "192.0.2.33", { dotted: true })).toBe("2001:db8:122:344::192.0.2.33");
    expect(embed("2001:db8:122:344::/96", "0.0.0.0", { dotted: true })).toBe("2001:db8:122:344::0.0.0.0");
    expect(embed("2001:db8::/32", "192.0.2.33", { dotted: true })).toBe("2001:db8:c000:221::");
  });

  it("write dotted text that reads back as the same address", () => {
    fc.assert(
      fc.property(ipv6Words, (words) => {
        expect(parseIPv6(formatIPv6(words, true))).toEqual(words);
      }),
    );
  });

  it("are inverse for all prefixes and addresses, and agree with the functions on words", () => {
    fc.assert(
      fc.property(prefixText, word, (prefix, ipv4) => {
        const ipv6 = embed(prefix, formatIPv4(ipv4), { nonGlobal: "ignore" });
        const compiled = compilePrefix(prefix);
        expect(parseIPv6(ipv6)).toEqual([
          compiled.w0,
          compiled.embedW1(ipv4),
          compiled.embedW2(ipv4),
          compiled.embedW3(ipv4),
        ]);
        expect(extract(prefix, ipv6, { suffix: "refuse", nonGlobal: "ignore" })).toBe(formatIPv4(ipv4));
      }),
    );
  });

  it("keep non-global IPv4 out of the well-known prefix (RFC 6052 §3.1)", () => {
    expect(() => embed("64:ff9b::/96", "10.0.0.1")).toThrow(failure("non-global-ipv4"));
    expect(() => extract("64:ff9b::/96", "64:ff9b::10.0.0.1")).toThrow(failure("non-global-ipv4"));
    expect(embed("64:ff9b::/96", "8.8.8.8")).toBe("64:ff9b::808:808");
    expect(embed("64:ff9b:1::/96", "10.0.0.1")).toBe("64:ff9b:1::a00:1");
  });

  it("report what is wrong with an address", () => {
    expect(() => extract("2001:db8::/32", "2001:db9::1")).toThrow(failure("not-in-prefix"));
    expect(() => extract("2001:db8::/32", "2001:db8:c000:221:100::")).toThrow(failure("u-octet"));
    expect(() => extract("2001:db8::/32", "2001:db8:c000:221::1", { suffix: "refuse" })).toThrow(failure("suffix"));
    expect(extract("2001:db8::/32", "2001:db8:c000:221::1")).toBe("192.0.2.33");
    expect(extract("2001:db8::/32", "2001:db8:c000:221:100::", { uOctet: "ignore" })).toBe("192.0.2.33");
  });

  it.each(BAD_PREFIXES)("refuse a prefix with this defect: $defect", ({ text, code }) => {
    expect(() => embed(text, "192.0.2.1")).toThrow(failure(code));
    expect(() => extract(text, "2001:db8::1")).toThrow(failure(code));
  });

  it.each(BAD_IPV4)("refuse an IPv4 address with this defect: $defect", ({ text }) => {
    expect(() => embed("2001:db8::/96", text)).toThrow(failure("invalid-ipv4"));
  });

  it.each(BAD_IPV6)("refuse an IPv6 address with this defect: $defect", ({ text }) => {
    expect(() => extract("2001:db8::/96", text)).toThrow(failure("invalid-ipv6"));
  });

  it("throw only AddressErrors for arbitrary text, with messages of bounded length", () => {
    const text = fc.oneof(fc.string({ maxLength: 200 }), fc.stringMatching(/^[0-9a-f:./%]{0,60}$/));
    fc.assert(
      fc.property(text, text, (prefix, address) => {
        for (const attempt of [() => embed(prefix, address), () => extract("2001:db8::/96", address)]) {
          try {
            attempt();
          } catch (error) {
            expect(error).toMatchObject({ name: "AddressError" });
            expect((error as Error).message.length).toBeLessThan(500);
            expect((error as Error).message).not.toMatch(/[\n\r]/);
          }
        }
      }),
    );
  });
});

describe("the well-known prefixes", () => {
  it.each([
    ["64:ff9b::", true, false],
    ["64:ff9b::ffff:ffff", true, false],
    ["64:ff9b::1:0:0", false, false],
    ["64:ff9b:1::", false, true],
    ["64:ff9b:1:ffff:ffff:ffff:ffff:ffff", false, true],
    ["64:ff9b:2::", false, false],
    ["64:ff9a:1::", false, false],
  ])("%s is well-known: %s, local-use: %s", (address, wellKnown, localUse) => {
    const [w0, w1, w2] = parseIPv6(address);
    expect(isInWellKnownPrefix(w0, w1, w2)).toBe(wellKnown);
    expect(isInLocalUseBlock(w0, w1)).toBe(localUse);
  });
});
