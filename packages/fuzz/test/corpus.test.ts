/** Every target withstands every input of its corpus, which is also the regression test of all findings. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { corpusPath, readCorpusFile, TARGETS, type Target, writeCorpusFile } from "@nat64/fuzz";
import { describe, expect, test } from "vitest";
import { minimize } from "../src/corpus/minimize.ts";

describe.each(TARGETS)("$name", ({ name, module }) => {
  test("withstands its seeds and its corpus", async () => {
    const { target } = (await import(module)) as { readonly target: Target };
    expect(target.seeds.length).toBeGreaterThan(0);
    for (const input of [...target.seeds, ...readCorpusFile(corpusPath(name))]) {
      expect(input.length).toBeLessThanOrEqual(target.maxBytes);
      target.run(input);
    }
  });
});

test("inputs are the same after writing and reading, text stays legible", () => {
  const folder = mkdtempSync(`${tmpdir()}/nat64-fuzz-`);
  const path = `${folder}/corpus.txt`;
  const inputs = [Uint8Array.of(0, 255), new TextEncoder().encode("a = 1\n"), new Uint8Array(0)];
  writeCorpusFile(path, inputs);
  const read = readCorpusFile(path);
  expect(read).toHaveLength(3);
  expect(read).toEqual(expect.arrayContaining(inputs));
  writeFileSync(path, "xyz\n");
  expect(() => readCorpusFile(path)).toThrow(/line 1/);
  rmSync(folder, { recursive: true });
});

test("of several inputs, the shortest ones that reach everything remain", () => {
  const reach = (length: number, ...features: number[]) => ({
    input: new Uint8Array(length),
    features: Uint32Array.from(features),
  });
  const kept = minimize([reach(9, 1, 2, 3), reach(2, 1), reach(3, 1), reach(4, 2, 1)]);
  expect(kept.map(({ length }) => length)).toEqual([2, 4, 9]);
});
