/** Versions of measured programs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "../netns/command.ts";

/** A package of the distribution, such as `tayga 0.9.2-8`; `undefined` if unknown. */
export async function packageVersion(name: string): Promise<string | undefined> {
  const version = (await firstLine(["dpkg-query", "-W", name]))?.split("\t")[1];
  return version === undefined ? undefined : `${name} ${version}`;
}

/** This repository: its version, and the commit where there is one. */
export async function ourVersion(): Promise<string> {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const git = ["git", "-C", fileURLToPath(new URL("../../", import.meta.url))];
  const commit = await firstLine([...git, "rev-parse", "--short", "HEAD"]);
  if (commit === undefined) return `nat64 ${version}`;
  const changed = await firstLine([...git, "status", "--porcelain", "--untracked-files=no", ":/"]);
  return `nat64 ${version}, commit ${commit}${changed === undefined ? "" : " with changes"}`;
}

/** The first line of a program's output; `undefined` if it fails, prints nothing or does not exist. */
export async function firstLine(argv: readonly string[]): Promise<string | undefined> {
  const outcome = await run(argv, { timeout: 5000 }).catch(() => undefined);
  const line = outcome?.code === 0 ? outcome.stdout.trim().split("\n")[0] : "";
  return line === "" ? undefined : line;
}
