import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type Outcome, run } from "../src/netns/command.ts";

const folder = mkdtempSync(`${tmpdir()}/nat64-bench-`);
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAM = fileURLToPath(new URL("../dist/bench/main.js", import.meta.url));
const SCRIPT = fileURLToPath(new URL("../../../scripts/bench.mjs", import.meta.url));
const bench = (...args: string[]): Promise<Outcome> => run([process.execPath, PROGRAM, ...args], { timeout: 110_000 });

describe("the bench", () => {
  it.each([
    [["--rounds", "0"], "--rounds must be a whole number from 1 to 100"],
    [["--seconds", "x"], "--seconds must be a whole number from 1 to 600"],
    [["--only", "kernel,miredo"], 'unknown name "miredo" in --only; known: kernel, tayga, ours'],
    [
      ["--probes", "tcp-1,udp-65"],
      'unknown name "udp-65" in --probes; known, also by prefix: tcp-1-up, tcp-1-down, tcp-4-up,',
    ],
    [["--probes", ""], 'unknown name "" in --probes'],
    [["--fast"], "--fast"],
    [["--svg", "/nowhere/at-all/x.svg"], "--svg: cannot write to /nowhere/at-all"],
    [
      ["--tundra", "/nowhere/tundra-nat64"],
      '--tundra must be the path of a program, but "/nowhere/tundra-nat64" is not executable',
    ],
    [["--tundra", "/tmp"], "--tundra must be the path of a program"],
    [["--other", "/bin/true"], "--other must be NAME=PROGRAM"],
    [["--other", "Jool=/bin/true"], "--other must be NAME=PROGRAM, with a name of lower-case letters"],
    [["--other", "ours=/bin/true"], '"ours" already exists'],
  ])("refuses %j in a sentence, with exit code 2", async (args, sentence) => {
    const { code, stderr, stdout } = await bench("local", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("compares no single translator with whole paths", async () => {
    const { code, stderr } = await bench("peer", "--other", "mine=/bin/true");
    expect(code).toBe(2);
    expect(stderr).toContain('--tundra and --other only work with "local"');
  });

  it.each([
    ["{}", "bench"],
    ["[1", "cannot be read as JSON"],
    ["null", "the whole file"],
  ])("draws nothing from %j and says why, with exit code 1", async (text, sentence) => {
    const file = `${folder}/wrong.json`;
    writeFileSync(file, text);
    const { code, stderr, stdout } = await bench("picture", file);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("npm run bench", () => {
  it.each([
    [["local", "--bogus"], "--bogus"],
    [["local", "--seconds", "0"], '--seconds must be a whole number from 1 to 600, not "0"'],
    [["peer", "--rounds", "many"], '--rounds must be a whole number from 1 to 100, not "many"'],
    [["picture"], "picture needs exactly one file"],
    [["picture", "a.json", "--json"], "--json"],
    [["engine", "--bogus"], "--bogus"],
    [["engine", "--rounds", "0"], '--rounds wants a whole number from 1 to 100, not "0"'],
    [["engine", "--flows", "100,abc"], '--flows wants a whole number from 16 to 2000000, not "abc"'],
  ])("refuses %j with exit code 2 before it installs anything", async (args, sentence) => {
    const { code, stdout, stderr } = await run([process.execPath, SCRIPT, ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")[0]).toContain(sentence);
    expect(stderr).not.toMatch(/==>|^\s+at /m);
  });

  it("explains the options of every bench", async () => {
    const { code, stdout } = await run([process.execPath, SCRIPT, "engine", "--help"]);
    expect(code).toBe(0);
    const options = ["json", "goals", "svg", "rounds", "seconds", "only", "probes", "tundra", "other", "flows"];
    for (const option of options) expect(stdout).toContain(`--${option}`);
  });
});
