/** The Node runtime, from npm: the packages bring their own, since Debian's is another one on each release. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { BUILD } from "./places.ts";
import type { Architecture } from "./recipes.ts";

/** A version with long-term support. Raising it means to put the checksums of npm's `dist.integrity` here. */
export const NODE_VERSION = "24.21.0";

const INTEGRITY: Readonly<Record<string, string>> = {
  x64: "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  arm64: "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
};

/** Fetches it, unless it was fetched before, and returns the folder with `bin/node` and `LICENSE`. */
export function fetchRuntime({ npm: architecture }: Architecture): string {
  const folder = `${BUILD}/node/${NODE_VERSION}-${architecture}`;
  if (existsSync(folder)) return `${folder}/package`;
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  const spec = `node-linux-${architecture}@${NODE_VERSION}`;
  execFileSync("npm", ["pack", "--silent", "--pack-destination", temporary, spec], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const archive = `${temporary}/node-linux-${architecture}-${NODE_VERSION}.tgz`;
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== INTEGRITY[architecture]) throw new Error(`${spec} is not what was expected: its checksum is ${found}`);
  execFileSync("tar", ["-xzf", archive, "-C", temporary, "package/bin/node", "package/LICENSE"]);
  rmSync(archive);
  renameSync(temporary, folder);
  return `${folder}/package`;
}
