/** Checks docs/rfc-ledger-teredo.md: every requirement that it calls done names an existing test. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const LEDGER = readFileSync(new URL("../../../docs/rfc-ledger-teredo.md", import.meta.url), "utf8");
const STATES = ["done", "not done", "not ours"];

interface Row {
  readonly rfc: string;
  readonly requirement: string;
  readonly state: string;
  readonly proof: string;
}

const rows: readonly Row[] = LEDGER.split(/^## RFC /m)
  .slice(1)
  .flatMap((section) =>
    section
      .split("\n")
      .filter((line) => line.startsWith("| §") && !line.startsWith("| § |"))
      .map((line) => line.slice(2, -2).split(" | "))
      .map(([, , requirement, state, proof]) => ({ rfc: section.slice(0, 4), requirement, state, proof })),
  );

/** The fault of the tests that a proof names, or nothing. */
function complaint(proof: string): string | undefined {
  const named = [...proof.matchAll(/`teredo:([\w-]+)` "([^"]+)"/g)];
  if (named.length === 0) return "names no test";
  for (const [, file, title] of named) {
    const url = new URL(`./${file}.test.ts`, import.meta.url);
    if (!existsSync(url)) return `there is no ${file}.test.ts`;
    if (!readFileSync(url, "utf8").includes(`("${title}", `)) return `${file} has no test "${title}"`;
  }
  return undefined;
}

describe("the RFC ledger of Teredo", () => {
  it("names an existing test for every row that is done, and a reason for every other row", () => {
    const wrong = rows.flatMap(({ rfc, requirement, state, proof }) => {
      const why = state === "done" ? complaint(proof) : proof.length < 8 ? "gives no reason" : undefined;
      return STATES.includes(state) && why === undefined ? [] : [`${rfc} ${requirement}: ${why ?? state}`];
    });
    expect(wrong).toEqual([]);
  });

  it("counts its rows correctly in the table at the top", () => {
    const rfcs = [...new Set(rows.map(({ rfc }) => rfc))];
    expect(rfcs).toEqual(["4380", "5991", "6081", "6324"]);
    const count = (some: readonly Row[]) => [
      some.length,
      ...STATES.map((is) => some.filter(({ state }) => state === is).length),
    ];
    const expected = rfcs.map((rfc) => [rfc, ...count(rows.filter((row) => row.rfc === rfc))].join(" | "));
    expected.push(["all", ...count(rows)].join(" | "));
    const found = LEDGER.split("\n").filter((line) => /^\| (\d{4}|all) \|/.test(line));
    expect(found.map((line) => line.slice(2, -2))).toEqual(expected);
  });
});
