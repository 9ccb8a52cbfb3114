import { join } from "node:path";
import type { ConfigFile } from "./file.ts";

/**
 * The directory of the audit log; `undefined` when none is kept. In a laboratory none is kept unless the file says so: there
 * is nobody to complain.
 *
 * @param state where this peer's other things are
 */
export function auditDirectoryOf(file: Pick<ConfigFile, "audit-log" | "lab">, state: string): string | undefined {
  const { enabled = !file.lab, directory } = file["audit-log"];
  return enabled ? (directory ?? join(state, "audit")) : undefined;
}
