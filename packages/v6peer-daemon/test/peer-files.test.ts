import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ValidatedMappings } from "../src/data-path/worker-thread/relay/validated-mappings.ts";
import { readSelectors, writeSelectors } from "../src/peer-exits/selector-file.ts";

describe("the file of selectors", () => {
  let directory: string;
  const peer = "nrfrhkbnnrvand7pu4ab336lv7sqruj5";

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "v6pd-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it("gives back what was written, is its owner's alone and leaves nothing beside it", () => {
    const path = join(directory, "selectors.json");
    expect(readSelectors(path)).toEqual([]);
    const selectors = [{ selector: 42, peer, usedAt: 1_900_000_000_000 }];
    writeSelectors(path, selectors);
    writeSelectors(path, selectors);
    expect(readSelectors(path)).toEqual(selectors);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["selectors.json"]);
  });

  it.each([
    ["no JSON", "{"],
    ["another version", '{"version":2,"selectors":[]}'],
    ["a selector that is none", `{"version":1,"selectors":[{"selector":65535,"peer":"${peer}","usedAt":0}]}`],
  ])("that is damaged (%s) is not read as if it were empty: others would get the selectors", (_, text) => {
    const path = join(directory, "damaged.json");
    writeFileSync(path, text);
    expect(() => readSelectors(path)).toThrow(/damaged.json is damaged. Restore a copy/);
    rmSync(path);
  });
});

describe("validated mappings", () => {
  it("hold for one Teredo address and one mapping, the latest", () => {
    const mappings = new ValidatedMappings();
    mappings.note(1, 2, 3, -5, 40_000);
    expect(mappings.has(1, 2, 3, -5, 40_000)).toBe(true);
    expect(mappings.has(1, 2, 3, -5, 40_001)).toBe(false);
    expect(mappings.has(1, 2, 4, -5, 40_000)).toBe(false);
    mappings.note(1, 2, 3, -6, 40_000);
    expect([mappings.has(1, 2, 3, -5, 40_000), mappings.has(1, 2, 3, -6, 40_000)]).toEqual([false, true]);
  });

  it("are bounded: the oldest makes room", () => {
    const mappings = new ValidatedMappings();
    for (let n = 0; n < 65; n++) mappings.note(1, n, 3, 4, 5);
    expect([mappings.has(1, 0, 3, 4, 5), mappings.has(1, 1, 3, 4, 5), mappings.has(1, 64, 3, 4, 5)]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
