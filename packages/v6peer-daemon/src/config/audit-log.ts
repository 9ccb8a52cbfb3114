import { join } from "node:path";
import type { ConfigFile } from "./config-file.ts";

/** State directory of an IPv6 peer without coordinator. */
const STATE = "/var/lib/v6peer";

/**
 * The directory of the audit log; `undefined` if there is none. In a lab, the audit log is off by default because there are
 * no complaints.
 */
export function auditDirectoryOf(file: ConfigFile): string | undefined {
  const { enabled = !file.lab, directory } = file["audit-log"];
  return enabled ? (directory ?? join(file.coordinator?.state ?? STATE, "audit")) : undefined;
}
