import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { discoverPrefixes, embed } from "../src/index.ts";
import { formatIPv6 } from "../src/text.ts";
import { ipv6Words, prefixText } from "./support.ts";

const both = (prefix: string): string[] =>
  ["192.0.0.170", "192.0.0.171"].map((ipv4) => embed(prefix, ipv4, { nonGlobal: "ignore" }));

describe("prefix discovery (RFC 7050)", () => {
  it("finds the well-known prefix", () => {
    expect(discoverPrefixes(["64:ff9b::192.0.0.170", "64:ff9b::192.0.0.171"])).toEqual({
      prefixes: [{ prefix: "64:ff9b::/96", length: 96, confirmed: true }],
      ignored: [],
    });
  });

  it("finds any prefix of any of the six lengths from both answers", () => {
    fc.assert(
      fc.property(prefixText, (prefix) => {
        const { prefixes, ignored } = discoverPrefixes(both(prefix));
        expect(prefixes).toEqual([{ prefix, length: Number(prefix.split("/")[1]), confirmed: true }]);
        expect(ignored).toEqual([]);
      }),
    );
  });

  it("also finds it from a single answer, but does not call it confirmed", () => {
    expect(discoverPrefixes([both("2001:db8:122:300::/56")[1]]).prefixes).toEqual([
      { prefix: "2001:db8:122:300::/56", length: 56, confirmed: false },
    ]);
  });

  it("finds several prefixes, in the order of the answers", () => {
    const wanted = ["2001:db8:1::/48", "64:ff9b::/96", "2001:db8::/32"];
    const interleaved = [0, 1].flatMap((i) => wanted.map((prefix) => both(prefix)[i]));
    expect(discoverPrefixes(interleaved).prefixes.map(({ prefix }) => prefix)).toEqual(wanted);
  });

  it("is not misled by a prefix that contains a well-known address if both answers exist", () => {
    const prefix = "2001:db8:c000:aa::/96";
    expect(discoverPrefixes(both(prefix))).toEqual({
      prefixes: [{ prefix, length: 96, confirmed: true }],
      ignored: [],
    });
  });

  it("ignores an answer with the address at two positions if no other answer decides (RFC 7050 §3)", () => {
    const answer = "2001:db8:c000:aa::c000:aa";
    expect(discoverPrefixes([answer])).toEqual({ prefixes: [], ignored: [{ answer, reason: "ambiguous" }] });
  });

  it("counts an occurrence at a position that RFC 6052 does not allow as a second one", () => {
    const answer = "2001:dc0:0:aa00::c000:aa";
    expect(discoverPrefixes([answer]).ignored).toEqual([{ answer, reason: "ambiguous" }]);
  });

  it.each([
    ["not an address", "example", "invalid-ipv6"],
    ["an IPv4 address", "192.0.0.170", "invalid-ipv6"],
    ["neither well-known address", "2001:db8::1", "no-well-known-address"],
    ["a third address of the block", "64:ff9b::192.0.0.172", "no-well-known-address"],
    ["the u octet set", "2001:db8::100:0:c000:aa", "no-well-known-address"],
    ["the address across the u octet", "2001:db8:0:c0:0:aa00::", "no-well-known-address"],
    ["an address not aligned to an octet", "2001:db8::c00:aa0", "no-well-known-address"],
  ])("ignores an answer that is wrong: %s", (_, answer, reason) => {
    const { prefixes, ignored } = discoverPrefixes([answer, ...both("64:ff9b::/96")]);
    expect(ignored).toEqual([{ answer, reason }]);
    expect(prefixes.map(({ prefix }) => prefix)).toEqual(["64:ff9b::/96"]);
  });

  it("finds nothing if there are no answers", () => {
    expect(discoverPrefixes([])).toEqual({ prefixes: [], ignored: [] });
  });

  it("accounts for every answer and never throws", () => {
    const answer = fc.oneof(
      fc.string(),
      ipv6Words.map((words) => formatIPv6(words)),
      prefixText.map((p) => both(p)[0]),
    );
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 10 }), (answers) => {
        const { prefixes, ignored } = discoverPrefixes(answers);
        expect(prefixes.length + ignored.length).toBeLessThanOrEqual(answers.length);
        expect(ignored.length).toBeLessThanOrEqual(answers.length);
        if (answers.length > 0) expect(prefixes.length + ignored.length).toBeGreaterThan(0);
      }),
    );
  });
});
