/** The addon of @nat64/packet-io, for another architecture than this one, too. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { ROOT } from "./places.ts";
import type { Architecture } from "./recipes.ts";

/** Of the C library, so that a package installs on every Debian since 10 and every Ubuntu since 20.04. */
const NEWEST_GLIBC = 28;

/** Compiles it to `target`. Throws when the result needs a newer C library. */
export function compileAddon({ compiler }: Architecture, target: string): void {
  if (spawnSync(compiler, ["--version"]).status !== 0) throw new Error(`the compiler ${compiler} is missing`);
  mkdirSync(dirname(target), { recursive: true });
  execFileSync(process.execPath, [`${ROOT}packages/packet-io/build.mjs`, "--output", target], {
    env: { ...process.env, CC: compiler, LDFLAGS: "-Wl,-z,relro -Wl,-z,now" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const newest = newestGlibc(target);
  if (newest > NEWEST_GLIBC)
    throw new Error(`${target} needs GLIBC_2.${newest}, which is newer than 2.${NEWEST_GLIBC}`);
}

/** The newest version 2.N of the C library that an ELF file needs: the names lie in its string table, as they are. */
export function newestGlibc(file: string): number {
  const names = readFileSync(file, "latin1").matchAll(/\0GLIBC_2\.(\d+)[\d.]*(?=\0)/g);
  return Math.max(0, ...[...names].map(([, minor]) => Number(minor)));
}
