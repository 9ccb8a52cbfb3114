/** The command: options, turns, exit codes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readOptions, UsageError } from "../src/command/options.ts";
import { turns } from "../src/command/turns.ts";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });
}

test("times and numbers are read, and mistakes are named", () => {
  const read = (...args: string[]) => readOptions(args, ["a", "b"], 5);
  expect(read("--for", "2m", "--seed", "9")).toMatchObject({ forMs: 120_000, seed: 9, targets: ["a", "b"] });
  expect(read("--inputs", "10000000", "--target", "b")).toMatchObject({ inputs: 10_000_000, targets: ["b"], seed: 5 });
  for (const wrong of [["--for", "2"], ["--inputs", "-1"], ["--target", "c"], ["--replay", "x"], ["--nothing"]])
    expect(() => read(...wrong)).toThrow(UsageError);
});

test("a limited run gives each target its share; an unlimited one goes round", () => {
  const limited = turns({ targets: ["a", "b", "c"], forMs: 90_000, inputs: Number.POSITIVE_INFINITY, turnMs: 5 });
  expect([...limited].map(({ target, forMs }) => [target, forMs])).toEqual([
    ["a", 30_000],
    ["b", 30_000],
    ["c", 30_000],
  ]);
  const endless = turns({ targets: ["a", "b"], forMs: Infinity, inputs: Infinity, turnMs: 5 });
  expect(Array.from({ length: 5 }, () => endless.next().value?.target)).toEqual(["a", "b", "a", "b", "a"]);
});

test("a short run ends with 0, a usage error with 2", () => {
  const short = run("--target", "teredo-datagram", "--inputs", "5000", "--seed", "1");
  expect(short.stdout).toMatch(/0 faults found/);
  expect(short.status).toBe(0);
  const wrong = run("--target", "nobody");
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toMatch(/no target "nobody"/);
  expect(run("--list").stdout).toContain("translate\n");
});

test("an input is replayed", () => {
  const folder = mkdtempSync(`${tmpdir()}/nat64-fuzz-`);
  writeFileSync(`${folder}/one.input`, "whatever");
  expect(run("--target", "translate", "--replay", `${folder}/one.input`)).toMatchObject({
    status: 0,
    stdout: "translate: no fault with this input.\n",
  });
  expect(run("--target", "translate", "--replay", `${folder}/two.input`).status).toBe(2);
  rmSync(folder, { recursive: true });
});
