import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as api from "../src/index.ts";

it("does what the README's example says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```js\n(.*?)```/s.exec(readme)![1];
  const expected = [...example.matchAll(/\/\/ → (.*)/g)].map((match) => match[1]);
  const names = [...example.matchAll(/import \{(.*?)\} from ".*?";/gs)]
    .flatMap(([, list]) => list.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const printed: string[] = [];
  const log = (value: unknown): number => printed.push(String(value));
  const run = new Function(...names, "console", example.replace(/import \{.*?\} from ".*?";/gs, ""));
  run(...names.map((name) => Reflect.get({ createHmac, ...api }, name)), { log });
  expect(printed).toEqual(expected);
  expect(expected.length).toBeGreaterThan(3);
});
