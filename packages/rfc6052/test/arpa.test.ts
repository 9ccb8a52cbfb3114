import fc from "fast-check";
import { Address4, Address6 } from "ip-address";
import { describe, expect, it } from "vitest";
import { embed, embeddedArpaName, formatIPv4, formatIPv6, fromArpaName, toArpaName } from "../src/index.ts";
import { ipv6Words, prefixText, word } from "./support.ts";

/** RFC 3596 §2.5. */
const RFC3596 = {
  address: "4321:0:1:2:3:4:567:89ab",
  name: "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa",
};

describe("reverse names", () => {
  it("are those of RFC 3596 §2.5 and RFC 1035 §3.5", () => {
    expect(toArpaName(RFC3596.address)).toBe(RFC3596.name);
    expect(fromArpaName(RFC3596.name)).toBe(RFC3596.address);
    expect(toArpaName("10.2.0.52")).toBe("52.0.2.10.in-addr.arpa");
    expect(fromArpaName("52.0.2.10.in-addr.arpa")).toBe("10.2.0.52");
  });

  it("read back as the same address, in any case and with a final dot, and agree with ip-address", () => {
    fc.assert(
      fc.property(ipv6Words, word, (words, ipv4) => {
        const six = formatIPv6(words);
        const four = formatIPv4(ipv4);
        expect(fromArpaName(`${toArpaName(six).toUpperCase()}.`)).toBe(six);
        expect(fromArpaName(`${toArpaName(four).toUpperCase()}.`)).toBe(four);
        expect(`${toArpaName(six)}.`).toBe(new Address6(six).reverseForm());
        expect(`${toArpaName(four)}.`).toBe(new Address4(four).reverseForm());
      }),
    );
  });

  it("of an IPv4-embedded address is translated to the name of the IPv4 address", () => {
    fc.assert(
      fc.property(prefixText, word, (prefix, ipv4) => {
        const six = embed(prefix, formatIPv4(ipv4), { nonGlobal: "ignore" });
        const name = embeddedArpaName(prefix, toArpaName(six), { nonGlobal: "ignore" });
        expect(name).toBe(toArpaName(formatIPv4(ipv4)));
      }),
    );
  });

  it("of an address outside the prefix or refused by the policy is not translated", () => {
    expect(embeddedArpaName("64:ff9b::/96", RFC3596.name)).toBeUndefined();
    expect(embeddedArpaName("64:ff9b::/96", toArpaName("64:ff9b::10.0.0.1"))).toBeUndefined();
  });

  it.each([
    ["empty", ""],
    ["a zone, not an address", "2.0.192.in-addr.arpa"],
    ["an IPv6 zone, not an address", "8.b.d.0.1.0.0.2.ip6.arpa"],
    ["an octet of 256", "1.2.0.256.in-addr.arpa"],
    ["an octet with a leading zero", "01.2.0.192.in-addr.arpa"],
    ["31 nibbles", RFC3596.name.slice(2)],
    ["33 nibbles", `0.${RFC3596.name}`],
    ["a nibble of two digits", RFC3596.name.replace("b.a", "ba")],
    ["another domain", RFC3596.name.replace("ip6", "ip7")],
    ["a name after it", `${RFC3596.name}.example`],
    ["not an arpa name", "www.example.com"],
  ])("are refused: %s", (_, name) => {
    expect(() => fromArpaName(name)).toThrow(expect.objectContaining({ code: "invalid-arpa-name" }));
    expect(() => embeddedArpaName("64:ff9b::/96", name)).toThrow(
      expect.objectContaining({ code: "invalid-arpa-name" }),
    );
  });
});
