import { type Cidr, cidrContains, parseBlock, parseCidr } from "@nat64/rfc6052";
import { describe, expect, it } from "vitest";
import { BanSet } from "../../src/bans/ban-set.ts";
import { Bans, MAX_BANS } from "../../src/bans/bans.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { repeatableRandom } from "../engine/support.ts";

function setOf(...blocks: string[]): (address: string) => boolean {
  const set = new BanSet();
  set.set(blocks.map(parseBlock));
  return (address) => set.has(...parseBlock(address).words);
}

describe("a set of banned blocks", () => {
  it("contains the first and the last address of a block, and not their neighbours", () => {
    const has = setOf("2001:db8:80::/41", "2001:db8::ff/128", "198.51.100.128/25", "0.0.0.0/8", "240.0.0.0/4");
    const inside = ["2001:db8:80::", "2001:db8:ff:ffff:ffff:ffff:ffff:ffff", "2001:db8::ff"];
    const outside = ["2001:db8:7f:ffff:ffff:ffff:ffff:ffff", "2001:db8:100::", "2001:db8::fe", "2001:db8::100"];
    expect(inside.map(has)).toEqual([true, true, true]);
    expect(outside.map(has)).toEqual([false, false, false, false]);
    expect(["198.51.100.128", "198.51.100.255", "255.255.255.255", "0.0.0.0"].map(has)).toEqual(Array(4).fill(true));
    expect(["198.51.100.127", "198.51.101.0", "1.0.0.0", "239.255.255.255"].map(has)).toEqual(Array(4).fill(false));
  });

  it("contains everything, and nothing", () => {
    expect(["::", "ffff::", "2001:db8::1"].map(setOf("::/0"))).toEqual([true, true, true]);
    expect(["0.0.0.0", "255.255.255.255"].map(setOf("0.0.0.0/0"))).toEqual([true, true]);
    expect(["::", "0.0.0.0"].map(setOf())).toEqual([false, false]);
  });

  it("agrees with a comparison of each block, whatever nests in what", () => {
    const random = repeatableRandom(7);
    const bit = (bits: number): number => (random() >>> 3) % bits;
    const masked = (words: number[], length: number): Cidr["words"] =>
      words.map((word, i) => {
        const bits = length - 32 * i;
        return bits >= 32 ? word : bits <= 0 ? 0 : word & (-1 << (32 - bits));
      }) as unknown as Cidr["words"];
    // Few different bits, so that blocks nest, touch and repeat.
    const words = (family: 4 | 6): number[] =>
      [0, 1, 2, 3].map((i) => (family === 4 && i > 0 ? 0 : (bit(4) << 30) | bit(4)));
    for (let round = 0; round < 200; round++) {
      const family = round % 2 === 0 ? 4 : 6;
      const blocks = Array.from({ length: bit(24) }, (): Cidr => {
        const length = family === 4 ? bit(33) : bit(129);
        return { family, length, words: masked(words(family), length) };
      });
      const set = new BanSet();
      set.set(blocks);
      for (let i = 0; i < 50; i++) {
        const address = words(family) as unknown as Cidr["words"];
        const host: Cidr = { family, length: family === 4 ? 32 : 128, words: address };
        expect(set.has(...address)).toBe(blocks.some((block) => cidrContains(block, host)));
      }
    }
  });
});

describe("all bans", () => {
  const hosts = (count: number): Cidr[] =>
    Array.from({ length: count }, (_, i) => ({ family: 6, length: 128, words: [0x20010db8, 0, 0, i] }));

  it(`are at most ${MAX_BANS}, and too many change nothing`, () => {
    const bans = new Bans();
    bans.set({ clients: hosts(MAX_BANS - 1), destinations: [parseCidr("198.51.100.0/24")] });
    expect(bans.hasClient(Int32Array.of(0x20010db8, 0, 0, MAX_BANS - 2))).toBe(true);
    expect(() => bans.set({ clients: hosts(MAX_BANS + 1), destinations: [] })).toThrow(ConfigError);
    expect(bans.hasClient(Int32Array.of(0x20010db8, 0, 0, MAX_BANS))).toBe(false);
    expect(bans.hasDestination(parseBlock("198.51.100.9").words[0])).toBe(true);
  });

  it("refuse a block of the wrong family, and name it", () => {
    const bans = new Bans();
    expect(() => bans.set({ clients: [parseCidr("198.51.100.0/24")], destinations: [] })).toThrow(/^clients\[0\]: /);
    expect(() => bans.set({ clients: [], destinations: [parseCidr("::/0")] })).toThrow(/^destinations\[0\]: /);
    expect(bans.isAny).toBe(false);
  });
});
