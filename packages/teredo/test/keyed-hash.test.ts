import { describe, expect, it } from "vitest";
import { KeyedHash } from "../src/hash/keyed-hash.ts";

describe("the keyed hash", () => {
  it("spreads addresses that differ in one bit over all buckets", () => {
    const hash = new KeyedHash(0x01020304, 0x05060708);
    const buckets = new Int32Array(64);
    for (let i = 0; i < 6_400; i++) buckets[hash.of3(0x2d000214, 0, i) & 63]++;
    expect(Math.min(...buckets)).toBeGreaterThan(50);
    expect(Math.max(...buckets)).toBeLessThan(160);
  });

  it("depends on every word and on both halves of the key", () => {
    const results = [
      new KeyedHash(1, 2).of3(3, 4, 5),
      new KeyedHash(0, 2).of3(3, 4, 5),
      new KeyedHash(1, 0).of3(3, 4, 5),
      new KeyedHash(1, 2).of3(0, 4, 5),
      new KeyedHash(1, 2).of3(3, 0, 5),
      new KeyedHash(1, 2).of3(3, 4, 0),
    ];
    expect(new Set(results).size).toBe(6);
  });
});
