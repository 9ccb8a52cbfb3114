/** Where the control socket is. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import type { ConfigFile } from "./config-file.ts";

/** Of a coordinator that systemd or root has started. */
const SYSTEM_SOCKET = "/run/nat64-coordinator/control.sock";

/** The socket that a coordinator listens on: the configured one, or a default for this user. */
export function socketPathOf({ control }: ConfigFile): string {
  const { RUNTIME_DIRECTORY: runtime } = process.env;
  return control.socket ?? (runtime === undefined ? userSocket() : `${runtime}/control.sock`);
}

/** The socket to look for a coordinator at if none is configured: this user's own, or the system's. */
export function findSocket(): string {
  const own = userSocket();
  return existsSync(own) ? own : SYSTEM_SOCKET;
}

function userSocket(): string {
  if (process.getuid?.() === 0) return SYSTEM_SOCKET;
  const { XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: state = `${homedir()}/.local/state` } = process.env;
  return `${runtime ?? state}/nat64-coordinator/control.sock`;
}
