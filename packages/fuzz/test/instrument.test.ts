/** Instrumented code does what it did before, and every branch has a counter. */
import { expect, test } from "vitest";
import { instrument } from "../src/coverage/instrument.ts";

const SOURCE = `
function f(a, b) {
  if (a > 1) if (b) a += 1; else a += 2;
  for (let i = 0; i < 3; i++) a += i;
  while (a > 100) a -= 7;
  switch (b) { case 1: a *= 2; break; case 2: default: a *= 3 }
  const g = (x) => (y) => x ? y && x + y : { y }.y ?? x;
  const h = async () => ({ a });
  try { if (a === 5) throw new Error("five"); } catch { a = -1; }
  do a++; while (a < 0);
  return [a, g(b)(a), typeof h, new (class C { #p = a ? 1 : 2; get p() { return this.#p } })().p];
}
globalThis.result = [[0, 0], [2, 1], [2, 0], [300, 2], [5, 3], [1, 1]].map(([a, b]) => f(a, b));
`;

function run(source: string): { result: unknown; counters: Uint8Array; words: readonly string[] } {
  let counters = new Uint8Array(0);
  let words: readonly string[] = [];
  const scope = {
    result: undefined as unknown,
    __fuzzRegister(_name: string, count: number, strings: readonly string[]) {
      words = strings;
      counters = new Uint8Array(count);
      return counters;
    },
  };
  new Function("globalThis", source)(scope);
  return { result: scope.result, counters, words };
}

test("the results stay the same and the counters count", () => {
  const plain = run(SOURCE);
  const counted = run(instrument(SOURCE, "test"));
  expect(counted.result).toEqual(plain.result);
  expect(counted.counters.length).toBeGreaterThan(20);
  expect(counted.counters.filter((count) => count > 0).length).toBeGreaterThan(15);
  expect(counted.words).toContain("five");
});

test("lines stay where they are", () => {
  expect(instrument(SOURCE, "test").split("\n").length).toBe(SOURCE.split("\n").length);
});
