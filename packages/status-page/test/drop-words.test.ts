import { Reason } from "@nat64/nat64-engine";
import { DROP_REASONS } from "@nat64/teredo";
import { describe, expect, it } from "vitest";
import { DROP_WORDS, dropWords } from "../src/index.ts";

/** The relay's port has one of its own besides those of the Teredo machines. */
const OF_THE_PORT = "not-validated";

describe.each([
  ["translator", Object.keys(Reason).filter((code) => code !== "none")],
  ["relay", [...Object.keys(DROP_REASONS), OF_THE_PORT]],
] as const)("reasons of the %s", (where, codes) => {
  it("has words for every reason that there is, and for no others", () => {
    expect(Object.keys(DROP_WORDS[where]).sort()).toEqual([...codes].sort());
  });

  it.each(codes)("%s has a short title and a sentence", (code) => {
    const { title, sentence } = dropWords(where, code);
    expect(title).toMatch(/^[A-Z].{4,35}$/);
    expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
  });
});

it("shows the code of a reason that is newer than the page", () => {
  expect(dropWords("translator", "of-tomorrow").title).toBe("of-tomorrow");
  expect(dropWords("relay", "constructor").title).toBe("constructor");
});
