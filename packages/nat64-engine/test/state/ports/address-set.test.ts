import fc from "fast-check";
import { expect, it } from "vitest";
import { AddressSet } from "../../../src/state/ports/address-set.ts";

it("contains exactly the added addresses", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (members, others) => {
      const set = new AddressSet(members);
      for (const address of members) expect(set.has(address)).toBe(true);
      for (const address of others) expect(set.has(address)).toBe(members.includes(address));
    }),
  );
});

it("tells a whole /24 from its neighbours", () => {
  const set = new AddressSet(Array.from({ length: 256 }, (_, i) => (0xc0000200 + i) | 0));
  for (let i = -256; i < 512; i++) expect(set.has((0xc0000200 + i) | 0)).toBe(i >= 0 && i < 256);
});

it("may be empty", () => {
  expect(new AddressSet([]).has(0)).toBe(false);
});
