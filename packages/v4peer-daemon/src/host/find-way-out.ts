import { lookup } from "node:dns/promises";
import { isIPv4 } from "node:net";
import type { ConfigFile } from "../config/file.ts";
import { findWayOut, type WayOut } from "./routes.ts";

/**
 * The device and address by which packets leave: those towards the coordinator, or the device that the owner has named.
 * Rejects with a sentence when there is no way out.
 */
export async function wayOutOf({ coordinator, host }: Pick<ConfigFile, "coordinator" | "host">): Promise<WayOut> {
  const to = isIPv4(coordinator.host) ? coordinator.host : (await lookup(coordinator.host, 4)).address;
  const found = findWayOut(to);
  return host["way-out"] === undefined ? found : { ...found, device: host["way-out"] };
}
