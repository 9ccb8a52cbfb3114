/** Versions as Debian counts them, and the time of a build. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ROOT } from "./places.ts";

/** A package's version: `1.0.0-next.1` is before `1.0.0`, which is `~` in Debian (Policy 5.6.12). */
export function debianVersion(folder: string): string {
  const { version } = JSON.parse(readFileSync(`${ROOT}packages/${folder}/package.json`, "utf8")) as { version: string };
  return version.replace("-", "~");
}

/** Seconds since 1970 that everything made is dated with: SOURCE_DATE_EPOCH, or that of the last commit. */
export function buildTime(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given !== undefined && /^\d+$/.test(given)) return Number(given);
  return Number(execFileSync("git", ["-C", ROOT, "log", "-1", "--format=%ct"], { encoding: "utf8" }).trim());
}
