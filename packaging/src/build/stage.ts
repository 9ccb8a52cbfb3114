/** Puts the files of one Debian package for one architecture together. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { compileAddon } from "./addon.ts";
import { bundle, type Included } from "./bundle.ts";
import { DEBIAN, ROOT } from "./places.ts";
import type { Architecture, Recipe } from "./recipes.ts";

const ANSWERS = "packaging/dist/answers/main.js";

/** Writes everything that the package installs below `target`, but what debhelper puts in its place. */
export async function stage(
  recipe: Recipe,
  architecture: Architecture,
  runtime: string,
  target: string,
): Promise<Included> {
  const { name, programs, scripts, example } = recipe;
  const home = `${target}/usr/lib/${name}`;
  mkdirSync(home, { recursive: true });
  copyFileSync(`${runtime}/bin/node`, `${home}/node`);
  chmodSync(`${home}/node`, 0o755);
  const mains = programs.map(({ from }) => `packages/${from}/dist/bin.js`);
  const included = await bundle([...mains, ...scripts.map((each) => `packages/${each}`), ANSWERS], home);
  if (recipe.hasAddon) compileAddon(architecture, `${home}/packages/packet-io/dist/packet-io.node`);
  for (const [index, { command, section }] of programs.entries()) {
    const folder = section === 8 ? "sbin" : "bin";
    makeProgram(home, name, mains[index]);
    mkdirSync(`${target}/usr/${folder}`, { recursive: true });
    symlinkSync(`../lib/${name}/${mains[index]}`, `${target}/usr/${folder}/${command}`);
  }
  makeProgram(home, name, ANSWERS);
  symlinkSync(ANSWERS, `${home}/answers`);
  const examples = `${target}/usr/share/doc/${name}/examples`;
  mkdirSync(examples, { recursive: true });
  for (const each of [`${example.from}/${example.file}`, ...recipe.examples]) {
    copyFileSync(`${ROOT}packages/${each}`, `${examples}/${basename(each)}`);
  }
  // Coordinators carry no traffic that anybody might complain about.
  const pages = name === "nat64-coordinator" ? [] : ["terms-of-service.md", "complaints.md"];
  for (const page of pages) copyFileSync(`${ROOT}docs/${page}`, `${target}/usr/share/doc/${name}/${page}`);
  const sysctl = `${DEBIAN}/${name}.sysctl.conf`;
  if (existsSync(sysctl)) {
    mkdirSync(`${target}/usr/lib/sysctl.d`, { recursive: true });
    copyFileSync(sysctl, `${target}/usr/lib/sysctl.d/60-${name}.conf`);
  }
  return included;
}

/** A script that runs by itself, with the runtime of its package. */
function makeProgram(home: string, name: string, script: string): void {
  const path = `${home}/${script}`;
  const code = readFileSync(path, "utf8").replace(/^#!.*\n/, "");
  writeFileSync(path, `#!/usr/lib/${name}/node\n${code}`);
  chmodSync(path, 0o755);
}
