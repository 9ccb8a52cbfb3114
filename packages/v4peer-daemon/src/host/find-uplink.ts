import { lookup } from "node:dns/promises";
import { isIPv4, isIPv6 } from "node:net";
import type { ConfigFile } from "../config/config-file.ts";
import { findUplink, type Uplink } from "./routes.ts";

/**
 * The device and address by which packets leave: those towards the coordinator, or the device that the owner has named.
 * Rejects with a sentence if there is no route.
 */
export async function uplinkOf({ coordinator, host }: Pick<ConfigFile, "coordinator" | "host">): Promise<Uplink> {
  const found = findUplink(await ipv4Of(coordinator.host));
  return host["way-out"] === undefined ? found : { ...found, device: host["way-out"] };
}

/** An IPv4 address of the coordinator: the way to it is the way of the traffic. */
async function ipv4Of(host: string): Promise<string> {
  if (isIPv4(host)) return host;
  if (isIPv6(host)) {
    throw new Error(`${host} is an IPv6 address; name the coordinator by its IPv4 address or its host name`);
  }
  return (await lookup(host, 4)).address;
}
