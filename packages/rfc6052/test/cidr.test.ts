import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cidrContains, cidrsOverlap, parseBlock } from "../src/index.ts";

const contains = (outer: string, inner: string) => cidrContains(parseBlock(outer), parseBlock(inner));
const overlap = (a: string, b: string) => cidrsOverlap(parseBlock(a), parseBlock(b));

describe("a block of addresses", () => {
  it.each([
    ["10.0.0.0/8", "10.255.255.255"],
    ["0.0.0.0/0", "192.0.2.0/24"],
    ["192.0.2.1", "192.0.2.1/32"],
    ["2001:db8::/33", "2001:db8:7fff::/48"],
    ["2001:db8:64::/80", "2001:db8:64::ffff:c000:201"],
    ["::/0", "ff02::1"],
    ["2001:db8::1", "2001:db8::1"],
  ])("%s contains %s", (outer, inner) => {
    expect(contains(outer, inner)).toBe(true);
    expect([overlap(outer, inner), overlap(inner, outer)]).toEqual([true, true]);
  });

  it.each([
    ["10.0.0.0/8", "11.0.0.0"],
    ["192.0.2.1", "192.0.2.0"],
    ["2001:db8::/33", "2001:db8:8000::/48"],
    ["2001:db8:64::/80", "2001:db8:64:0:1::/80"],
    ["2001:db8::1", "2001:db8::2"],
    ["0.0.0.0/0", "::/0"],
    ["::/0", "192.0.2.1"],
  ])("%s does not overlap %s", (one, other) => {
    expect(contains(one, other)).toBe(false);
    expect([overlap(one, other), overlap(other, one)]).toEqual([false, false]);
  });

  it("does not contain a larger block, but overlaps it", () => {
    expect(contains("192.0.2.0/25", "192.0.2.0/24")).toBe(false);
    expect(overlap("192.0.2.0/25", "192.0.2.0/24")).toBe(true);
  });

  it("contains exactly the blocks that start with its prefix", () => {
    const address = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    const length = fc.integer({ min: 0, max: 128 });
    fc.assert(
      fc.property(address, length, fc.integer({ min: 0, max: 127 }), (bits, size, flipped) => {
        const first = (bits >> BigInt(128 - size)) << BigInt(128 - size);
        const outer = parseBlock(`${text(first)}/${size}`);
        expect(cidrContains(outer, parseBlock(text(bits)))).toBe(true);
        expect(cidrContains(outer, parseBlock(text(bits ^ (1n << BigInt(127 - flipped)))))).toBe(flipped >= size);
      }),
    );
  });

  it.each(["", "nobody", "192.0.2.1/33", "192.0.2.1/24", "2001:db8::/129", "1.2.3", "fe80::1%eth0"])(
    "is not parsed from %j",
    (wrong) => {
      expect(() => parseBlock(wrong)).toThrow(expect.objectContaining({ name: "AddressError" }));
    },
  );
});

function text(bits: bigint): string {
  return (bits.toString(16).padStart(32, "0").match(/.{4}/g) ?? []).join(":");
}
