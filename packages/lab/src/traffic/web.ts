import { fileURLToPath } from "node:url";
import type { Host } from "../netns/host.ts";
import type { HostProcess } from "../netns/process.ts";

const SERVER = fileURLToPath(new URL("../../dist/endpoints/http-server.js", import.meta.url));

/** Starts the lab's web server (see `endpoints/http-server.ts`), on all IPv4 addresses or one, and waits until it serves. */
export async function startWebServer(host: Host, port = 80, address = "0.0.0.0"): Promise<HostProcess> {
  const server = await host.start([process.execPath, SERVER, `${port}`, address]);
  await server.waitFor(/ready/);
  return server;
}

/** A URL on a host that is named by its address. */
export function urlOf(address: string, path = "/"): string {
  return `http://${address.includes(":") ? `[${address}]` : address}${path}`;
}
