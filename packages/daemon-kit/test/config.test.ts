import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  bandwidth,
  ConfigFileError,
  checkDocument,
  flag,
  formatProblem,
  integer,
  invite,
  list,
  listenAddressOrOff,
  parseBandwidth,
  parseListen,
  parseToml,
  peerId,
  readConfigFile,
  socketPath,
  table,
  text,
} from "../src/config/index.ts";

const directory = mkdtempSync(join(tmpdir(), "daemon-kit-"));
afterAll(() => rmSync(directory, { recursive: true }));

const schema = table({
  name: text("a name").default("x"),
  limits: table({ rate: bandwidth().optional(), count: integer(1, 9).default(1) }).prefault({}),
  peers: list("peer ids", peerId(), 0, 2).default([]),
  invite: invite(4).optional(),
  listen: listenAddressOrOff(9464).default("off"),
  socket: socketPath().optional(),
  isOn: flag().default(false),
});

function problems(source: string): readonly string[] {
  const document = parseToml(source);
  if (!("data" in document)) return [formatProblem("f", document)];
  const checked = checkDocument(document, schema);
  return "file" in checked ? [] : checked.problems.map((each) => formatProblem("f", each));
}

describe("a file that is checked", () => {
  it.each([
    ["limits.count = 10", "f:1:8: limits.count: expected a whole number from 1 to 9, found 10"],
    ["[limits]\ncuont = 1", 'f:2:1: limits.cuont: unknown key; did you mean "count"?'],
    ["[limits]\nnothing-like-it = 1", "f:2:1: limits.nothing-like-it: unknown key; expected one of rate, count"],
    ["peers = [\n  'x',\n]", 'f:2:3: peers[0]: expected a peer id: 32 characters a to z and 2 to 7, found "x"'],
    ["isOn = 'yes'", 'f:1:1: isOn: expected true or false, found "yes"'],
    ["limits = 3", "f:1:1: limits: expected a table, found 3"],
    [
      "listen = '9464'",
      'f:1:1: listen: expected an address and port such as "127.0.0.1:9464" or "[::1]:9464", or "off", found "9464"',
    ],
    [
      "[limits]\nrate = '7k'",
      'f:2:1: limits.rate: expected bits per second such as "20M", from 8000 to 1000000000000, found "7k"',
    ],
    ["socket = 'here'", 'f:1:1: socket: expected an absolute path, found "here"'],
    ["invite = 'abc'", "f:1:1: invite: an invite has 4 to 128 printable ASCII characters"],
    ["a = ", "f:1:5: not valid TOML: "],
  ])("%j is complained about with its place", (source, expected) => {
    expect(problems(source)).toEqual([expect.stringContaining(expected)]);
  });

  it("has all that is wrong in the order in which one reads it", () => {
    expect(problems("isOn = 1\nname = 2\n[limits]\ncount = 0").map((each) => each.split(":")[1])).toEqual([
      "1",
      "2",
      "4",
    ]);
  });

  it("is checked for what goes together once every key is right by itself", () => {
    const document = parseToml("name = 'a'\n[limits]\ncount = 2");
    if (!("data" in document)) throw new Error("no TOML");
    const crossCheck = () => [{ path: ["limits", "count"], message: "too many" }];
    expect(checkDocument(document, schema, crossCheck)).toEqual({
      problems: [{ line: 3, column: 1, key: "limits.count", message: "too many" }],
    });
  });

  it("is read whatever is in it: data or a problem, never an exception", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (source) => {
        expect(parseToml(source)).toBeTypeOf("object");
      }),
    );
  });

  it("that cannot be read is an error with a reason", () => {
    expect(() => readConfigFile(join(directory, "none"))).toThrow(ConfigFileError);
    expect(() => readConfigFile(directory)).toThrow(/:1:1: cannot be read: it is a directory$/);
    expect(() => readConfigFile("/dev/zero")).toThrow(/it is not a regular file$/);
    writeFileSync(join(directory, "large"), "#".repeat(2 ** 20 + 1));
    expect(() => readConfigFile(join(directory, "large"))).toThrow(/more than 1048576 bytes/);
  });
});

it.each([
  ["8000", 8000],
  ["500k", 500_000],
  ["2.5M", 2_500_000],
  ["1G", 1e9],
  ["fast", undefined],
  ["1 M", undefined],
  ["-1M", undefined],
  ["", undefined],
])("the bandwidth %j is %s bits per second", (source, expected) => {
  expect(parseBandwidth(source)).toBe(expected);
});

it("a bandwidth in a file may be a number, too", () => {
  expect(z.array(bandwidth()).parse([20_000_000, "20M"])).toEqual([20_000_000, 20_000_000]);
});

it.each([
  ["127.0.0.1:80", { host: "127.0.0.1", port: 80 }],
  ["[::1]:0", { host: "::1", port: 0 }],
  ["localhost:65535", { host: "localhost", port: 65_535 }],
  ["127.0.0.1:65536", undefined],
  ["::1:80", undefined],
  ["host:80", undefined],
])("%s as an address to listen on", (source, expected) => {
  expect(parseListen(source)).toEqual(expected);
});
