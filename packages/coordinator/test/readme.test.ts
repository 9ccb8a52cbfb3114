import { readFileSync } from "node:fs";
import * as protocol from "@nat64/peer-protocol";
import * as node from "@nat64/peer-protocol/node";
import * as addresses from "@nat64/rfc6052";
import { expect, it } from "vitest";
import { type ConfigFile, parseConfig } from "../src/config/index.ts";
import * as machine from "../src/machine/index.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("does what the README's example says", () => {
  const example = /```js\n(.*?)```/s.exec(README)![1];
  const expected = [...example.matchAll(/\/\/ → (.*)/g)].map((match) => match[1]);
  const names = [...example.matchAll(/import \{(.*?)\} from ".*?";/gs)].flatMap(([, list]) =>
    list.split(",").map((name) => name.trim()),
  );
  const printed: string[] = [];
  const log = (value: unknown): number => printed.push(String(value));
  const run = new Function(...names, "console", example.replace(/import \{.*?\} from ".*?";/gs, ""));
  run(...names.map((name) => Reflect.get({ ...protocol, ...node, ...addresses, ...machine }, name)), { log });
  expect(printed).toEqual(expected);
  expect(expected.length).toBeGreaterThan(3);
});

it("the README's configuration is valid in a laboratory", () => {
  const least = /```toml\n(.*?)```/s.exec(README)![1];
  expect((parseConfig(`lab = true\n${least}`) as ConfigFile).teredo.primary).toBe("192.0.2.1:3544");
});

it("the README's limits are the real ones", () => {
  const { connections, connectionsPerAddress, peers, pairs, challenges, challengesPerSecond, bubblesPerSecondPerFlow } =
    machine.DEFAULT_LIMITS;
  const text = (count: number): string => count.toLocaleString("en-US");
  for (const words of [
    `${text(connections)}; ${connectionsPerAddress} from an IPv4 address or IPv6 /64, ${connectionsPerAddress * 8} from`,
    `| known identities                          | ${text(peers)} `,
    `| ${text(pairs)} each `,
    `${text(challenges)} at a time, ${challengesPerSecond} a second`,
    `${bubblesPerSecondPerFlow} from an IPv4 address to a Teredo address`,
  ]) {
    expect(README.replaceAll(/ +/g, " ")).toContain(words.replaceAll(/ +/g, " "));
  }
});
