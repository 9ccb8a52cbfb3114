import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";

const CLIENT = fileURLToPath(new URL("../../dist/endpoints/tcp-client.js", import.meta.url));

/**
 * Connects and returns how the connection ended: `closed`, or an error's code such as `ECONNREFUSED`. With "reset" the
 * client resets the connection as soon as it is up.
 */
export async function tcpConnect(
  host: Host,
  address: string,
  port: number,
  what: "use" | "reset" = "use",
): Promise<string> {
  return (await host.must([process.execPath, CLIENT, address, `${port}`, what])).trim();
}
