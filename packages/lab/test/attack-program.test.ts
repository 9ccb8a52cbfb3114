import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Outcome, run } from "../src/netns/command.ts";
import { isRoot } from "./root.ts";

const PROGRAM = fileURLToPath(new URL("../dist/attack/main.js", import.meta.url));
const SCRIPT = fileURLToPath(new URL("../../../scripts/attack.mjs", import.meta.url));
const attack = (...args: string[]): Promise<Outcome> => run([process.execPath, PROGRAM, ...args], { timeout: 110_000 });

describe("the attack program", () => {
  it.each([
    [[], "name an attack; --list shows all"],
    [["sin"], 'unknown attack "sin"; --list shows all'],
    [["syn", "--for", "0s"], '--for must be a time from 1s to 60m, not "0s"'],
    [["syn", "--for", "2h"], '--for must be a time from 1s to 60m, not "2h"'],
    [["syn", "--rate", "fast"], '--rate must be "max" or a whole number from 1 to 10000000, not "fast"'],
    [["syn", "--slowly"], "--slowly"],
  ])("refuses %j in a sentence, with exit code 2", async (args, sentence) => {
    const { code, stderr, stdout } = await attack(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("lists the attacks, each on a line", async () => {
    const { code, stdout } = await attack("--list");
    expect(code).toBe(0);
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/)[0]);
    expect(names).toContain("syn");
    expect(new Set(names).size).toBe(names.length);
  });

  it.skipIf(!isRoot)("floods a real translator and reports what an honest client kept", async () => {
    const { code, stdout, stderr } = await attack("syn", "--for", "2s", "--rate", "500", "--no-kernel", "--json");
    expect(stderr).toContain("ours: 2 s of 500 packets/s");
    const [{ attack: name, columns, limits, kept }] = JSON.parse(stdout);
    expect({ name, code }).toEqual({ name: "syn", code: kept ? 0 : 1 });
    const [{ before, during, counters }] = columns;
    for (const { bytes, connected, answers, pongs } of [before, during])
      for (const got of [bytes, connected, answers, pongs]) expect(got).toBeGreaterThan(0);
    expect(counters.nat64_sessions).toBeGreaterThan(500);
    expect(limits).toHaveLength(4);
  });
});

describe("npm run attack", () => {
  it("says what it can do", async () => {
    const { code, stdout } = await run([process.execPath, SCRIPT]);
    expect(code).toBe(0);
    for (const option of ["list", "for", "rate", "no-kernel", "json"]) expect(stdout).toContain(`--${option}`);
  });

  it.each([
    [["--bogus"], "--bogus"],
    [["--json"], "Name an attack"],
  ])("refuses %j with exit code 2 before it installs anything", async (args, sentence) => {
    const { code, stdout, stderr } = await run([process.execPath, SCRIPT, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")[0]).toContain(sentence);
  });
});
