import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { keptRuns } from "../src/index.ts";
import { run } from "../src/netns/command.ts";
import { ownerIsAlive, runIdOf } from "../src/netns/run-id.ts";
import { isRoot } from "./root.ts";

const program = (name: string): string => fileURLToPath(new URL(`../dist/${name}`, import.meta.url));
const script = (name: string): string => fileURLToPath(new URL(`../../../scripts/${name}`, import.meta.url));
const node = (name: string, ...args: string[]) => run([process.execPath, program(name), ...args], { timeout: 110_000 });
const namespaces = (): string[] => (existsSync("/run/netns") ? readdirSync("/run/netns") : []);
/** Namespaces of labs whose owner has ended. Others may run labs of their own at the same time. */
const leftBehind = (): string[] =>
  namespaces().filter((name) => {
    const runId = runIdOf(name);
    return runId !== undefined && !ownerIsAlive(runId);
  });

describe("the bench", () => {
  it.each([
    [["--rounds", "0"], "--rounds wants a whole number from 1 to 100"],
    [["--seconds", "x"], "--seconds wants a whole number from 1 to 600"],
    [["--only", "kernel,miredo"], "--only knows kernel, tayga, ours"],
    [["--fast"], "--fast"],
  ])("refuses %j in a sentence, with exit code 2", async (args, sentence) => {
    const { code, stderr, stdout } = await node("bench/main.js", "local", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it.skipIf(!isRoot)("prints every metric of a round of kernel forwarding as JSON", { timeout: 120_000 }, async () => {
    const { code, stdout } = await node(
      "bench/main.js",
      "local",
      "--only",
      "kernel",
      "--rounds",
      "1",
      "--seconds",
      "1",
      "--json",
    );
    expect(code).toBe(0);
    const { results, failures, metrics } = JSON.parse(stdout);
    expect(failures).toEqual([]);
    // What only a translator's process has is missing.
    const expected = metrics.map(({ key }: { key: string }) => key);
    const own = /^(tcp-\d-(up|down)-cpu|peak-memory)$/;
    expect(Object.keys(results.kernel)).toEqual(expected.filter((key: string) => !own.test(key)));
    expect(results.kernel["tcp-1-up"].median).toBeGreaterThan(0);
  });
});

describe.skipIf(!isRoot)("the demo", () => {
  it("shows a packet's journey over the peer path and six more steps that work", { timeout: 120_000 }, async () => {
    const before = leftBehind();
    const { code, stdout } = await node("demo/main.js");
    expect(stdout).toMatch(/^ +v6peer1 → r6 +2001:db8:64::[\da-f]+:c633:6402 +2001:0:c000:222:\S+ +\d+ → 80$/m);
    expect(stdout).toMatch(/^ +nat1 → v4peer1 +the same, in UDP 192.0.2.45:3545 → 192.168.1.10:40001$/m);
    expect(stdout).toMatch(/^7\. .*\n +[\d.]+ GB in 3 s: [\d.]+ Gbit\/s$/m);
    expect(stdout).toContain("Everything worked.");
    expect(code).toBe(0);
    expect(leftBehind().filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe.skipIf(!isRoot)("the demo of the local exit", () => {
  it("shows five steps that work, and leaves nothing behind", { timeout: 120_000 }, async () => {
    const before = leftBehind();
    const { code, stdout } = await node("demo/main.js", "local");
    expect(stdout).toMatch(/^5\. .*\n +[\d.]+ GB in 3 s: [\d.]+ Gbit\/s$/m);
    expect(stdout).toContain("(10.64.0.2)");
    expect(stdout).toContain("Everything worked.");
    expect(code).toBe(0);
    expect(leftBehind().filter((name) => !before.includes(name))).toEqual([]);
  });

  it("leaves the lab up with --keep, and --down removes it", { timeout: 120_000 }, async ({ skip }) => {
    skip(
      keptRuns().some(({ isOurs }) => isOurs),
      "--down would remove a lab that somebody keeps",
    );
    const { stdout } = await node("demo/main.js", "local", "--keep");
    const client = /ip netns exec (n64-\S+-client) bash/.exec(stdout)?.[1] as string;
    const url = /http:\/\/\S+/.exec(stdout)?.[0] as string;
    const page = await run(["ip", "netns", "exec", client, "curl", "-sS", "--max-time", "5", url]);
    expect(page.stdout).toContain("Hello");
    expect((await node("demo/main.js", "--down")).stdout).toMatch(/Removed \d+ labs?\./);
    expect(namespaces()).not.toContain(client);
  });

  it("ends without a word when nobody reads it any more, and leaves nothing behind", { timeout: 120_000 }, async () => {
    const before = leftBehind();
    const line = `'${process.execPath}' '${program("demo/main.js")}' local | head -1; echo "code ${"$"}{PIPESTATUS[0]}"`;
    const { stdout, stderr } = await run(["bash", "-c", line]);
    expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^.+\ncode 141\n$/), stderr: "" });
    expect(leftBehind().filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe("npm run bench", () => {
  it.each([
    [["local", "--bogus"], "--bogus"],
    [["local", "--seconds", "0"], '--seconds wants a whole number from 1 to 600, not "0"'],
    [["peer", "--rounds", "many"], '--rounds wants a whole number from 1 to 100, not "many"'],
    [["engine", "--bogus"], "--bogus"],
    [["engine", "--rounds", "0"], '--rounds wants a whole number from 1 to 100, not "0"'],
    [["engine", "--flows", "100,abc"], '--flows wants a whole number from 16 to 2000000, not "abc"'],
  ])("refuses %j with exit code 2 before it installs anything", async (args, sentence) => {
    const { code, stdout, stderr } = await run([process.execPath, script("bench.mjs"), ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")[0]).toContain(sentence);
    expect(stderr).not.toMatch(/==>|^\s+at /m);
  });

  it("explains the options of every bench", async () => {
    const { code, stdout } = await run([process.execPath, script("bench.mjs"), "engine", "--help"]);
    expect(code).toBe(0);
    for (const option of ["--json", "--rounds", "--seconds", "--only", "--flows"]) expect(stdout).toContain(option);
  });
});

describe("npm start", () => {
  it.each([[["--kep"]], [["--keep", "--down"]]])(
    "refuses %j with exit code 2 before it installs anything",
    async (args) => {
      const { code, stdout, stderr } = await run([process.execPath, script("start.mjs"), ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(args[0]);
      expect(stderr).not.toContain("==>");
    },
  );
});
