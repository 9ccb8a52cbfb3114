import { join } from "node:path";
import type { ConfigFile } from "./config-file.ts";

/** Where the state of an IPv6 peer without coordinator is. */
const STATE = "/var/lib/v6peer";

/**
 * The directory of the audit log; `undefined` when none is kept. In a laboratory none is kept unless the file says so: there
 * is nobody to complain.
 */
export function auditDirectoryOf(file: ConfigFile): string | undefined {
  const { enabled = !file.lab, directory } = file["audit-log"];
  return enabled ? (directory ?? join(file.coordinator?.state ?? STATE, "audit")) : undefined;
}
