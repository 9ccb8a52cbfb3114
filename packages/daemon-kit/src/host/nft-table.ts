/** An nftables table of our own, of the family inet: added as a whole, removed as a whole. */
import type { Found, Step } from "./step.ts";
import { runTool, ToolError } from "./tool.ts";

/** What fills a table. */
export interface NftTablePlan {
  /** The table as `nft -f` reads it. @param hasTimeouts false for a kernel without `ct timeout` */
  render(hasTimeouts: boolean): string;
  /** Called when this kernel does not know `ct timeout`: its own timeouts hold. */
  withoutTimeouts(): void;
}

/** Device names are checked to be good identifiers but for `-`. */
export function nftTableName(program: string, device: string): string {
  return `${program}_${device.replaceAll("-", "_")}`;
}

/** Adds a table. Refuses when a table of this name exists, because it is not ours. */
export function nftTableStep(table: string, plan: NftTablePlan): Step {
  let script = plan.render(true);
  let shown: string | undefined;
  const add = (): void => {
    try {
      putTable(table, script);
    } catch (error) {
      if (script === plan.render(false)) throw error;
      script = plan.render(false);
      putTable(table, script);
      plan.withoutTimeouts();
    }
    shown = readTable(table);
  };
  return {
    kind: "nft-table",
    what: `add the nftables table ${table}`,
    inspect: () => {
      if (!hasTable(table)) return table;
      throw new ToolError(
        `the nftables table "inet ${table}" already exists; remove it with "nft delete table inet ${table}"`,
      );
    },
    apply: add,
    isIntact: () => shown !== undefined && readTable(table) === shown,
    mend: () => putTable(table, script),
  };
}

/** Removes the table, if it is there. */
export function undoNftTable(found: Found): void {
  const table = found as string;
  if (hasTable(table)) runTool("nft", ["delete", "table", "inet", table]);
}

/** Runs an nftables script, all of it or nothing. Throws a {@link ToolError}. */
export function runNft(script: string): void {
  runTool("nft", ["-f", "-"], script);
}

/** Puts the table in the place of the one of that name, all of it or nothing. */
function putTable(table: string, script: string): void {
  runNft(`${hasTable(table) ? `delete table inet ${table}\n` : ""}${script}`);
}

/** The table as nft prints it; `undefined` when there is none. */
function readTable(table: string): string | undefined {
  // Asked by name, nft says no more than that something does not exist.
  return hasTable(table) ? runTool("nft", ["list", "table", "inet", table]) : undefined;
}

function hasTable(table: string): boolean {
  return runTool("nft", ["list", "tables", "inet"]).split("\n").includes(`table inet ${table}`);
}
