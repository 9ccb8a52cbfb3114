import { describe, expect, it } from "vitest";
import { Random } from "../src/index.ts";

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.int32());

describe("a stream of random numbers", () => {
  it("is the same for the same seed and name, and another for another", () => {
    expect(draw(new Random(1, "a"), 50)).toEqual(draw(new Random(1, "a"), 50));
    const streams = [new Random(1, "a"), new Random(2, "a"), new Random(1, "b"), new Random(2 ** 32 + 1, "a")];
    const firsts = streams.map((stream) => stream.int32());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it("derives streams that do not depend on earlier draws", () => {
    const random = new Random(5, "a");
    const early = random.derive("x").int32();
    draw(random, 10);
    expect(random.derive("x").int32()).toBe(early);
    expect(new Random(5, "b").derive("x").int32()).not.toBe(early);
  });

  it("is even: bits, means and ranges", () => {
    const random = new Random(3, "even");
    const count = 100_000;
    const bits = new Array<number>(32).fill(0);
    for (let round = 0; round < count; round++) {
      const word = random.int32();
      for (let bit = 0; bit < 32; bit++) bits[bit] += (word >>> bit) & 1;
    }
    for (const ones of bits) expect(Math.abs(ones / count - 0.5)).toBeLessThan(0.008);
    const faces = new Array<number>(6).fill(0);
    for (let round = 0; round < count; round++) faces[random.below(6)]++;
    for (const face of faces) expect(Math.abs(face / count - 1 / 6)).toBeLessThan(0.006);
    const intervals = Array.from({ length: count }, () => random.exponential(250));
    const mean = intervals.reduce((sum, interval) => sum + interval, 0) / count;
    expect(Math.abs(mean - 250)).toBeLessThan(5);
  });

  it("draws nothing for certain outcomes", () => {
    const [one, other] = [new Random(4, "a"), new Random(4, "a")];
    expect([one.chance(0), one.chance(1)]).toEqual([false, true]);
    expect(one.int32()).toBe(other.int32());
  });

  it("fills bytes", () => {
    const filled = new Random(4, "bytes").fill(new Uint8Array(4_096));
    expect(new Set(filled).size).toBe(256);
  });
});
