/** The packages under test: made for this machine's architecture, hardly compressed. */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";

const MAIN = new URL("../../dist/build/main.js", import.meta.url).pathname;

/** This machine's, as Debian calls it. */
export const ARCHITECTURE: string = process.arch === "arm64" ? "arm64" : "amd64";

/** What an upgrade comes from, and goes to. */
export const OLD = "1.0.0~test1";
export const NEW = "1.0.0~test2";

/** Makes all packages of both versions and returns the folder. */
export function makePackages(): string {
  const folder = mkdtempSync(`${tmpdir()}/nat64-debs-`);
  make(folder, OLD);
  make(folder, NEW);
  return folder;
}

function make(folder: string, version: string): void {
  const options = ["--arch", ARCHITECTURE, "--quick", "--version", version, "--output", folder];
  execFileSync(process.execPath, [MAIN, ...options], { stdio: ["ignore", "ignore", "inherit"] });
}
