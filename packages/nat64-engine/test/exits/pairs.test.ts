import { compileRefusals } from "@nat64/rfc6052";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { createEngine } from "../../src/create-engine.ts";
import { ExitRules } from "../../src/exits/exit-rules.ts";
import { type ExitPair, MAX_PAIRS, MAX_PAIRS_OF_ENGINE, NO_PAIR, Pairs } from "../../src/exits/pairs.ts";

const rules = new ExitRules({ internet: true, published: [], refused: [] }, compileRefusals());
const TEREDO = 0x20010000;

function pair(teredo: ExitPair["teredo"], local: number): ExitPair {
  return { teredo, prefix: [0x20010db8, 0x640000, 7], local, rules };
}

describe("Pairs", () => {
  it("finds existing pairs by either address, and nothing else, after any additions and removals", () => {
    const step = fc.record({ place: fc.nat(7), words: fc.tuple(fc.nat(2), fc.nat(2)), removes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pairs = new Pairs(8);
        const expected = new Map<number, ExitPair>();
        for (const { place, words, removes } of steps) {
          if (removes) {
            pairs.remove(place);
            expected.delete(place);
            continue;
          }
          // Some share a bucket, none their whole address: the place is a part of it.
          const made = pair([TEREDO, place, words[0], words[1]], 0xc6120000 + place * 8 + words[0]);
          pairs.set(place, made);
          expected.set(place, made);
        }
        for (let place = 0; place < 8; place++) {
          for (const [a, b] of [0, 1, 2].flatMap((one) => [0, 1, 2].map((other) => [one, other]))) {
            const isThere = expected.get(place)?.teredo[2] === a && expected.get(place)?.teredo[3] === b;
            expect(pairs.findByTeredo(Int32Array.of(TEREDO, place, a, b))).toBe(isThere ? place : NO_PAIR);
          }
          const local = 0xc6120000 + place * 8;
          for (let i = 0; i < 3; i++) {
            const isThere = expected.get(place)?.teredo[2] === i;
            expect(pairs.findByLocal((local + i) | 0)).toBe(isThere ? place : NO_PAIR);
          }
        }
      }),
    );
  });

  it("has as many places as it was made with", () => {
    expect(() => new Pairs().set(MAX_PAIRS, pair([TEREDO, 0, 0, 0], 1))).toThrow(RangeError);
    expect(() => new Pairs().set(Number.NaN, pair([TEREDO, 0, 0, 0], 1))).toThrow(RangeError);
    const many = new Pairs(MAX_PAIRS_OF_ENGINE);
    for (let i = 0; i < MAX_PAIRS_OF_ENGINE; i++) many.set(i, pair([TEREDO, i, i << 16, ~i], i));
    expect(many.findByTeredo(Int32Array.of(TEREDO, 9999, 9999 << 16, ~9999))).toBe(9999);
    expect(many.findByLocal(12_345)).toBe(12_345);
  });
});

describe("an engine of mode exit", () => {
  const config = { mode: "exit", ownAddresses: { ipv6: "::", ipv4: "192.0.0.8" } } as const;
  const random = () => 4;

  it("has places for as many pairs as configured, and keeps them", () => {
    const engine = createEngine({ ...config, pairs: 10_000 }, { random });
    engine.pairs?.set(9_999, pair([TEREDO, 1, 2, 3], 5));
    const next = createEngine({ ...config, pairs: 10_000 }, { random, continues: engine });
    expect(next.pairs?.findByLocal(5)).toBe(9_999);
    expect(() => createEngine({ ...config, pairs: 64 }, { random, continues: engine })).toThrow(/pairs: cannot change/);
  });

  it.each([0, 16_385, 1.5])("refuses places for %s pairs", (pairs) => {
    expect(() => createEngine({ ...config, pairs }, { random })).toThrow(ConfigError);
  });
});
