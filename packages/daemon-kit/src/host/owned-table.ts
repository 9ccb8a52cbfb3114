/**
 * An nftables table that belongs to a process (`flags owner`, Linux 5.12): `nft flush ruleset`, with which firewalls begin to
 * load their rules, passes over it. The owner is a lasting `nft -i`; the kernel removes the table when that ends, and that ends
 * when our end of the pipe does, however this process dies.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { runTool, TOOL_PATH, ToolError } from "./tool.ts";
import { waitFor } from "./wait-for.ts";

/** Longest time in ms until the owner has carried out a script. */
const OWNER_TIMEOUT_MS = 5_000;

/** Tables by name, and the process that owns each. */
const owners = new Map<string, ChildProcess>();

/**
 * Puts an own table in place of the one of that name, as a whole or not at all.
 *
 * @param script the table as `nft -f` reads it
 * @returns false when this kernel has no tables with an owner
 */
export function putOwnedTable(table: string, script: string): boolean {
  const before = readTable(table);
  if (before !== undefined && !isOwner(table))
    throw new ToolError(`the nftables table "inet ${table}" has another owner`);
  const owned = script.replace(`table inet ${table} {`, `table inet ${table} {\nflags owner;`);
  if (before === undefined) {
    try {
      runTool("nft", ["-c", "-f", "-"], owned);
    } catch {
      return false;
    }
  }
  // One line is one transaction: at no time is there no table.
  const line = asOneLine(owned);
  const mark = `owner_of_${table}`;
  say(table, `${before === undefined ? "" : `delete table inet ${table}; `}${line}`);
  // A second line, which is carried out after the first: without it one could not tell an old table from a new one.
  say(table, `add chain inet ${table} ${mark}`);
  insist(() => readTable(table)?.includes(`chain ${mark} `) === true, `nft did not add the table ${table}`);
  say(table, `delete chain inet ${table} ${mark}`);
  insist(() => readTable(table)?.includes(`chain ${mark} `) === false, `nft did not finish the table ${table}`);
  return true;
}

/** Ends the owner of a table, and with it the table. @returns false when no process of ours owns it */
export function removeOwnedTable(table: string): boolean {
  const owner = owners.get(table);
  owners.delete(table);
  if (owner === undefined) return false;
  owner.kill("SIGKILL");
  insist(() => readTable(table) === undefined, `the table ${table} did not go with its owner`);
  return true;
}

/** A table as nft prints it; `undefined` when there is none. */
export function readTable(table: string): string | undefined {
  // Asked by name, nft says no more than that something does not exist.
  const names = runTool("nft", ["list", "tables", "inet"]).split("\n");
  const isThere = names.some((line) => line.trim().split(/\s+/).slice(0, 3).join(" ") === `table inet ${table}`);
  return isThere ? runTool("nft", ["list", "table", "inet", table]) : undefined;
}

function isOwner(table: string): boolean {
  const owner = owners.get(table);
  return owner !== undefined && owner.exitCode === null && owner.signalCode === null;
}

function say(table: string, line: string): void {
  let owner = owners.get(table);
  if (owner === undefined || !isOwner(table)) {
    owner = spawn("nft", ["-i"], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, PATH: TOOL_PATH, LC_ALL: "C", HOME: "/nonexistent" },
    });
    // It can be missing or die: the table is looked for afterwards.
    owner.on("error", () => {});
    owner.stdin?.on("error", () => {});
    owner.unref();
    owners.set(table, owner);
  }
  owner.stdin?.write(`${line}\n`);
}

/** Interactively, nft reads line by line. */
function asOneLine(script: string): string {
  return script
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => (/[{;]$/.test(line) ? line : `${line};`))
    .join(" ");
}

function insist(isDone: () => boolean, problem: string): void {
  if (!waitFor(isDone, OWNER_TIMEOUT_MS)) throw new ToolError(problem);
}
