import fc from "fast-check";
import { expect, test } from "vitest";
import { choosePortBlocks } from "../../src/index.ts";

test("with the usual range of ephemeral ports there is room for eight blocks of 4,096", () => {
  const blocks = choosePortBlocks(64, 4096, [{ first: 32_768, last: 60_999 }]);
  expect(blocks).toHaveLength(8);
  expect(blocks[0]).toEqual({ first: 61_440, last: 65_535 });
  expect(blocks[1]).toEqual({ first: 28_672, last: 32_767 });
});

test("a host that uses all ports has none to give", () => {
  expect(choosePortBlocks(4, 4096, [{ first: 1, last: 65_535 }])).toEqual([]);
});

test("there are at most as many blocks as requested, of the requested size, disjoint, and outside avoided ports", () => {
  const range = fc
    .tuple(fc.integer({ min: 1, max: 65_535 }), fc.nat(3000))
    .map(([first, more]) => ({ first, last: Math.min(65_535, first + more) }));
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 64 }),
      fc.integer({ min: 64, max: 8192 }),
      fc.array(range),
      (count, size, avoid) => {
        const blocks = choosePortBlocks(count, size, avoid);
        expect(blocks.length).toBeLessThanOrEqual(count);
        blocks.forEach(({ first, last }, i) => {
          expect(last - first + 1).toBe(size);
          expect(first).toBeGreaterThanOrEqual(1024);
          expect(last).toBeLessThanOrEqual(i === 0 ? 65_535 : blocks[i - 1].first - 1);
          for (const range of avoid) expect(range.first > last || range.last < first).toBe(true);
        });
      },
    ),
  );
});
