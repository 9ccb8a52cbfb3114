/**
 * Caps on what one client network may take of the session table. A public NAT64 has to have some: whoever may fill the
 * table shuts everybody else out. That can be a client, or spoofed IPv4 sources that send to a single binding.
 */
import type { ClientCaps, StatefulConfig } from "@nat64/nat64-engine";
import type { CapsFile, ConfigFile } from "./config-file.ts";

/** The part of the session table that a client prefix of each length may fill when the file says nothing. */
const PARTS = { "64": 1 / 16, "56": 1 / 8, "48": 1 / 4 } as const;

/** Of the sessions that a prefix may have, those that it may open in one second when the file says nothing. */
const NEW_PER_SECOND = 1 / 8;

/** The caps of a file for a table of so many sessions; a cap that is "none" is left out, as the engine wants it. */
export function resolveCaps(file: ConfigFile["caps"], sessions: number): NonNullable<StatefulConfig["caps"]> {
  return {
    "64": resolve(file["64"], sessions * PARTS["64"]),
    "56": resolve(file["56"], sessions * PARTS["56"]),
    "48": resolve(file["48"], sessions * PARTS["48"]),
  };
}

function resolve(file: CapsFile, part: number): ClientCaps {
  const sessions = file.sessions ?? atLeastOne(part);
  const most = sessions === "none" ? part : sessions;
  const newSessions = file["new-sessions-per-second"] ?? atLeastOne(most * NEW_PER_SECOND);
  const packets = file["packets-per-second"] ?? "none";
  return {
    ...(sessions === "none" ? {} : { sessions }),
    ...(newSessions === "none" ? {} : { newSessionsPerSecond: newSessions }),
    ...(packets === "none" ? {} : { packetsPerSecond: packets }),
  };
}

function atLeastOne(value: number): number {
  return Math.max(1, Math.floor(value));
}
