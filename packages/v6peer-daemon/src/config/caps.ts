/**
 * Caps on the share of the session table for one client network. A public NAT64 needs them: otherwise a single client could
 * fill the table and lock others out.
 */
import type { ClientCaps, StatefulConfig } from "@nat64/nat64-engine";
import type { CapsFile, ConfigFile } from "./config-file.ts";

/** Default share of the session table for a client prefix of each length. */
const PARTS = { "64": 1 / 16, "56": 1 / 8, "48": 1 / 4 } as const;

/** Resolves the caps of a file for a table of so many sessions. A cap of "none" is left out, as the engine expects. */
export function resolveCaps(file: ConfigFile["caps"], sessions: number): NonNullable<StatefulConfig["caps"]> {
  return {
    "64": resolve(file["64"], sessions * PARTS["64"]),
    "56": resolve(file["56"], sessions * PARTS["56"]),
    "48": resolve(file["48"], sessions * PARTS["48"]),
  };
}

function resolve(file: CapsFile, part: number): ClientCaps {
  const sessions = file.sessions ?? Math.max(1, Math.floor(part));
  // None by default: a client that opens sessions fast takes the places of its own old ones.
  const newSessions = file["new-sessions-per-second"] ?? "none";
  const packets = file["packets-per-second"] ?? "none";
  return {
    ...(sessions === "none" ? {} : { sessions }),
    ...(newSessions === "none" ? {} : { newSessionsPerSecond: newSessions }),
    ...(packets === "none" ? {} : { packetsPerSecond: packets }),
  };
}
