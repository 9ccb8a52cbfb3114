import { homedir } from "node:os";
import { dirname } from "node:path";
import { auditDirectoryOf } from "./audit-log.ts";
import type { ConfigFile } from "./config-file.ts";

/** Where this peer keeps its files. */
export interface Paths {
  /** PEM file with the private key. */
  readonly identity: string;
  /** The control socket. */
  readonly socket: string;
  /** Directory of the audit log; left out, none is kept. */
  readonly auditLog?: string;
}

/** The paths that the configuration names, and defaults for this user. @param config left out, only the defaults are used */
export function pathsOf(config?: Pick<ConfigFile, "identity" | "control" | "audit-log" | "lab">): Paths {
  const isRoot = process.getuid?.() === 0;
  const { XDG_STATE_HOME: state = `${homedir()}/.local/state`, XDG_RUNTIME_DIR: runtime } = process.env;
  const place = isRoot ? "/run/v4peer" : runtime === undefined ? `${state}/v4peer` : `${runtime}/v4peer`;
  const identity = config?.identity ?? `${isRoot ? "/var/lib" : state}/v4peer/identity.pem`;
  const auditLog = config === undefined ? `${dirname(identity)}/audit` : auditDirectoryOf(config, dirname(identity));
  return {
    identity,
    ...(auditLog !== undefined && { auditLog }),
    socket: config?.control.socket ?? `${place}/control.sock`,
  };
}
