import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** All but `src/node/`, which is a separate entry point. */
const sources = readdirSync(new URL("../src", import.meta.url), { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".ts") && !path.startsWith("node/"),
);

describe("the package in a browser", () => {
  it.each(sources)("uses no Node API, no clock and no randomness in %s", (path) => {
    const text = readFileSync(new URL(`../src/${path}`, import.meta.url), "utf8");
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
    expect(imports.filter((name) => name.includes("/node/"))).toEqual([]);
    expect(
      imports.filter((name) => !/^\.\.?\//.test(name) && name !== "zod" && !name.startsWith("@nat64/rfc6052")),
    ).toEqual([]);
    expect(text).not.toMatch(/\b(Buffer|process|require|Date|setTimeout|globalThis)\b\s*[.(]|Math\.random/);
  });
});
