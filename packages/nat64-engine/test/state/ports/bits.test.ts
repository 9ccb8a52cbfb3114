import fc from "fast-check";
import { expect, it } from "vitest";
import { popcount, setBits } from "../../../src/state/ports/bits.ts";

it("setBits sets the bits of a range and no others", () => {
  fc.assert(
    fc.property(fc.nat(160), fc.nat(160), (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      const map = new Int32Array(6);
      setBits(map, 1, from, to);
      for (let bit = 0; bit < 160; bit++) {
        expect((map[1 + (bit >> 5)] >>> (bit & 31)) & 1).toBe(bit >= from && bit < to ? 1 : 0);
      }
      expect(map.reduce((sum, word) => sum + popcount(word), 0)).toBe(to - from);
    }),
  );
});
