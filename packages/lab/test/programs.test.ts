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
