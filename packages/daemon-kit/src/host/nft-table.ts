/** An nftables table of our own, of the family inet: added as a whole, removed as a whole. */
import type { Found, Step } from "./step.ts";
import { runTool, ToolError } from "./tool.ts";

/** Device names are checked to be good identifiers but for `-`. */
export function nftTableName(program: string, device: string): string {
  return `${program}_${device.replaceAll("-", "_")}`;
}

/** Adds a table. Refuses when a table of this name exists, because it is not ours. @param add adds it as a whole or not at all */
export function nftTableStep(table: string, add: () => void): Step {
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

function hasTable(table: string): boolean {
  return runTool("nft", ["list", "tables", "inet"]).split("\n").includes(`table inet ${table}`);
}
