import { join } from "node:path";
import type { ConfigFile } from "./config-file.ts";

/**
 * The directory of the audit log; `undefined` when none is kept. In a laboratory none is kept unless the file says so:
 * nobody complains there.
 *
 * @param state the directory with this peer's other files
 */
export function auditDirectoryOf(file: Pick<ConfigFile, "audit-log" | "lab">, state: string): string | undefined {
  const { enabled = !file.lab, directory } = file["audit-log"];
  return enabled ? (directory ?? join(state, "audit")) : undefined;
}
