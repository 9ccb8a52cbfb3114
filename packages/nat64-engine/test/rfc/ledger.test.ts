/** docs/rfc-ledger.md says what is done and names the tests: here it is held to that. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const PACKAGES = new URL("../../../", import.meta.url);
const LEDGER = readFileSync(new URL("../docs/rfc-ledger.md", PACKAGES), "utf8");
const STATES = ["done", "not done", "not ours"];

interface Row {
  readonly line: string;
  readonly cells: readonly string[];
  readonly state: string;
  readonly proof: string;
}

/** The rows of each RFC's section, by number. */
const sections = new Map<string, Row[]>();
for (const section of LEDGER.split(/^## RFC /m).slice(1)) {
  const lines = section.split("\n").filter((line) => line.startsWith("| §") && !line.startsWith("| § |"));
  const rows = lines.map((line) => {
    const cells = line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim());
    return { line, cells, state: cells[3] ?? "", proof: cells[4] ?? "" };
  });
  sections.set(section.slice(0, 4), rows);
}
const all = [...sections.values()].flat();

/** What a proof names: `package:file` "title". */
const NAMED = /`(\w[\w-]*):([\w/.-]+)` "([^"]+)"/g;
const PACKAGE_OF: Readonly<Record<string, string>> = { engine: "nat64-engine" };

/** What is wrong with the tests that a proof names, or nothing. */
function complaint(proof: string): string | undefined {
  const named = [...proof.matchAll(NAMED)];
  if (named.length === 0) return "names no test";
  for (const [, alias, file, title] of named) {
    const url = new URL(`${PACKAGE_OF[alias] ?? alias}/test/${file}.test.ts`, PACKAGES);
    if (!existsSync(url)) return `there is no ${url.pathname}`;
    if (!hasTest(readFileSync(url, "utf8"), title)) return `${file} has no test "${title}"`;
  }
  return undefined;
}

/** Whether the source has a test, or a group of tests, of that title. */
function hasTest(source: string, title: string): boolean {
  const literal = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\(\\s*(["'\`])${literal}\\1\\s*,`).test(source);
}

describe("the RFC ledger", () => {
  it("has the RFCs of a translator, and rows in all of them", () => {
    expect([...sections.keys()]).toEqual(expect.arrayContaining(["6052", "6146", "7915", "7757", "6791", "8021"]));
    for (const [rfc, rows] of sections) expect([rfc, rows.length > 0]).toEqual([rfc, true]);
    expect(all.length).toBeGreaterThan(150);
  });

  it("has five cells in each row, and a state that is one of three", () => {
    const odd = all.filter(({ cells, state }) => cells.length !== 5 || !STATES.includes(state));
    expect(odd.map(({ line }) => line)).toEqual([]);
  });

  it("names a test that exists wherever it says done, and a reason wherever it does not", () => {
    const wrong = all.flatMap(({ cells, state, proof }) => {
      const why = state === "done" ? complaint(proof) : proof.length < 8 ? "gives no reason" : undefined;
      return why === undefined ? [] : [`${cells[0]} ${cells[2]}: ${why}`];
    });
    expect(wrong).toEqual([]);
  });

  it("counts its rows rightly in the table on top", () => {
    const count = (rows: readonly Row[]) => [
      rows.length,
      ...STATES.map((state) => rows.filter((row) => row.state === state).length),
    ];
    const expected = [...sections].map(([rfc, rows]) => [rfc, ...count(rows)].join(" | "));
    expected.push(["all", ...count(all)].join(" | "));
    const summary = LEDGER.split(/^## /m)[0].split("\n");
    const found = summary.filter((line) => /^\| (\d{4}|all) \|/.test(line)).map((line) => line.slice(2, -2));
    expect(found).toEqual(expected);
  });

  it("would notice a test that is gone", () => {
    expect(complaint('`engine:rfc/ledger` "the RFC ledger"')).toBeUndefined();
    expect(complaint('`engine:rfc/ledger` "the RFC ledge"')).toContain("has no test");
    expect(complaint('`engine:rfc/nothing` "the RFC ledger"')).toContain("there is no");
    expect(complaint("It works.")).toBe("names no test");
  });
});
