/** The fuzzer finds every kind of fault in toys that have one, and nothing in the code of a target that has none. */
import { type Finding, type FuzzOptions, type FuzzResult, fuzzTarget } from "@nat64/fuzz";
import { expect, test } from "vitest";

const ENOUGH = 50_000_000;

function toy(name: string): string {
  return new URL(`./toys/${name}.mjs`, import.meta.url).href;
}

/** Fuzzes a toy until the first finding. */
async function firstFinding(name: string, more: Partial<FuzzOptions> = {}): Promise<Finding & { result: FuzzResult }> {
  const controller = new AbortController();
  const findings: Finding[] = [];
  const result = await fuzzTarget({
    module: toy(name),
    instrumented: "/test/toys/",
    seed: 1,
    corpus: [],
    inputs: ENOUGH,
    signal: controller.signal,
    onFinding(finding) {
      findings.push(finding);
      controller.abort();
    },
    ...more,
  });
  expect(findings).toHaveLength(1);
  return { ...findings[0], result };
}

test("coverage leads through a maze to an exception, and the input is made small", async () => {
  const { kind, signature, input, result } = await firstFinding("maze");
  expect(kind).toBe("crash");
  expect(signature).toMatch(/^RangeError .*maze\.mjs:10$/);
  expect(new TextDecoder().decode(input)).toMatch(/^N64deep.$/s);
  expect(result.corpus.length).toBeGreaterThan(4);
});

test("a small set of the inputs that were found reaches what all of them reached", async () => {
  const all = (await firstFinding("maze")).result;
  const replay = { module: toy("maze"), instrumented: "/test/toys/", seed: 2, onFinding() {} };
  const small = await fuzzTarget({ ...replay, corpus: all.corpus, inputs: 200, shouldMinimize: true });
  expect(small.corpus.length).toBeLessThanOrEqual(all.corpus.length);
  const again = await fuzzTarget({ ...replay, corpus: small.corpus, inputs: small.corpus.length + 1 });
  expect(again.state.branches).toBeGreaterThan(4);
  expect(again.state.branches).toBeGreaterThanOrEqual(small.state.branches);
});

test("the same seed gives the same inputs", async () => {
  const [one, other] = await Promise.all([firstFinding("maze", { seed: 7 }), firstFinding("maze", { seed: 7 })]);
  expect(one.result.corpus).toEqual(other.result.corpus);
});

test("an endless loop is ended and its input told", async () => {
  const { kind, input } = await firstFinding("hang", { limitMs: 100 });
  expect(kind).toBe("hang");
  expect(input[0]).toBe(0xff);
});

test("an input that is slow each time is told", async () => {
  const { kind, input } = await firstFinding("slow", { limitMs: 40 });
  expect(kind).toBe("slow");
  expect(input[0]).toBe(3);
});

test("memory that only grows is told", async () => {
  expect((await firstFinding("leak")).kind).toBe("leak");
});

test("an input that fills the heap is told", async () => {
  const { kind, input } = await firstFinding("hog", { heapMegabytes: 64, limitMs: 60_000 });
  expect(kind).toBe("memory");
  expect(input[0]).toBe(7);
});

test("a target that cannot be loaded is an error", async () => {
  await expect(firstFinding("nowhere")).rejects.toThrow(/nowhere/);
});
