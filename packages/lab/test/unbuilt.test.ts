import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const PROGRAMS = [
  ["coordinator", "nat64-coordinator"],
  ["v4peer-daemon", "v4peer"],
  ["v6peer-daemon", "v6peerd"],
  ["v6peer-cli", "v6peer"],
] as const;

it.each(PROGRAMS)("the program of %s says that it is not built, where it is not", (folder, name) => {
  const directory = mkdtempSync(join(tmpdir(), "unbuilt-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "bin"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  const program = join(directory, "bin", `${name}.js`);
  copyFileSync(fileURLToPath(new URL(`../../${folder}/bin/${name}.js`, import.meta.url)), program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "--help"], { encoding: "utf8" });
  expect(stderr).toContain(`${name}: this is not built yet; in a checkout run "npm run build" first.`);
  expect(stderr).not.toContain("    at ");
  expect([status, stdout]).toEqual([70, ""]);
});
