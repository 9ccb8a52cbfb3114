import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as api from "../src/index.ts";

it("does what the README's example says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```js\n(.*?)```/s.exec(readme)![1];
  const expected = [...example.matchAll(/\/\/ → (.*)/g)].map((match) => match[1]);
  const [statement, names] = /import \{(.*?)\} from "@nat64\/\w+";/s.exec(example)!;
  const printed: string[] = [];
  const log = (value: unknown): number => printed.push(String(value));
  const imports = names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const run = new Function(...imports, "console", example.replace(statement, ""));
  run(...imports.map((name) => Reflect.get(api, name)), { log });
  expect(printed).toEqual(expected);
  expect(expected.length).toBeGreaterThan(3);
});
