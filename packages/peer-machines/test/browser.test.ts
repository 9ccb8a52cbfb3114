import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const sources = readdirSync(new URL("../src", import.meta.url), { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".ts"),
);

describe("the package in a browser", () => {
  it.each(sources)("%s uses nothing of Node, no clock and no randomness of its own", (path) => {
    const text = readFileSync(new URL(`../src/${path}`, import.meta.url), "utf8");
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
    expect(imports.filter((name) => !/^(\.\.?\/|@nat64\/)/.test(name) || name.includes("/node"))).toEqual([]);
    expect(text).not.toMatch(/\b(Buffer|process|require|Date|setTimeout|globalThis)\b\s*[.(]|Math\.random/);
  });
});
