import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sources = readdirSync(new URL("../src", import.meta.url), { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".ts"),
);

describe("the package in a browser", () => {
  it.each(sources)("uses no Node API, no clock and no randomness in %s", (path) => {
    const text = readFileSync(new URL(`../src/${path}`, import.meta.url), "utf8");
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
    expect(imports.filter((name) => !/^(\.|@nat64\/rfc6052)/.test(name))).toEqual([]);
    expect(text).not.toMatch(/\b(Buffer|process|require|Date|setTimeout|globalThis)\b\s*[.(]|Math\.random/);
  });
});
