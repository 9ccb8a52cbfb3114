import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { difference, fold, negate, sumOf, updateField, updateUdpField } from "../../src/packet/checksum.ts";
import { sum } from "./build.ts";

describe("sumOf", () => {
  it("RFC 1071 §3: gives the sum of the example", () => {
    expect(sumOf(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7), 0, 8)).toBe(0xddf2);
  });

  it("agrees with the plain sum for any range, odd offsets and lengths included", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), fc.nat(90), fc.nat(90), (bytes, a, b) => {
        const from = Math.min(a, b, bytes.length);
        const to = Math.min(Math.max(a, b), bytes.length);
        expect(sumOf(bytes, from, to) % 65535).toBe(sum(bytes.subarray(from, to)));
      }),
    );
  });

  it("does not overflow over the largest super-packet of the largest words", () => {
    for (const length of [32767, 32768, 32769, 65534, 65535, 65576, 131072]) {
      const bytes = new Uint8Array(length).fill(0xff);
      expect(sumOf(bytes, 0, length) % 65535).toBe(sum(bytes));
    }
  });
});

describe("updateField", () => {
  it("RFC 1624 §4: gives 0x0000 where equation 2 goes wrong", () => {
    expect(updateField(0xdd2f, difference(0x5555, 0x3285))).toBe(0x0000);
  });

  it("UDP writes 0xffff instead (RFC 768)", () => {
    expect(updateUdpField(0xdd2f, difference(0x5555, 0x3285))).toBe(0xffff);
  });

  it("is undone by the opposite change", () => {
    const word = fc.nat(0xffff);
    fc.assert(
      fc.property(word, word, word, (field, before, after) => {
        const there = updateField(field, difference(before, after));
        expect(updateField(there, difference(after, before)) % 65535).toBe(field % 65535);
      }),
    );
  });
});

describe("fold and negate", () => {
  it("stay within 16 bits", () => {
    fc.assert(
      fc.property(fc.nat(0x7fffffff), (value) => {
        expect(fold(value)).toBeLessThan(0x10000);
        expect(fold(value) % 65535).toBe(value % 65535);
        expect(fold(fold(value) + negate(fold(value))) % 65535).toBe(0);
      }),
    );
  });
});
