import { readFileSync } from "node:fs";
import * as protocol from "@nat64/peer-protocol";
import * as node from "@nat64/peer-protocol/node";
import * as addresses from "@nat64/rfc6052";
import { expect, it } from "vitest";
import * as machines from "../src/index.ts";

it("does what the README's example says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```js\n(.*?)```/s.exec(readme)![1];
  const expected = [...example.matchAll(/\/\/ → (.*)/g)].map((match) => match[1]);
  const names = [...example.matchAll(/import \{(.*?)\} from ".*?";/gs)].flatMap(([, list]) =>
    list.split(",").map((name) => name.trim()),
  );
  const printed: string[] = [];
  const log = (value: unknown): number => printed.push(String(value));
  const run = new Function(...names, "console", example.replace(/import \{.*?\} from ".*?";/gs, ""));
  run(...names.map((name) => Reflect.get({ ...protocol, ...node, ...addresses, ...machines }, name)), { log });
  expect(printed).toEqual(expected);
  expect(expected.length).toBeGreaterThan(3);
});
