import type { Registry } from "prom-client";
import { isAllowedHost } from "./allowed-host.ts";
import { HttpServer, text } from "./http-server.ts";

/**
 * Serves `GET /metrics` for Prometheus, and nothing else. Only requests to an address or to `localhost` are answered: see
 * `isAllowedHost`. Rejects when the address is taken or not this host's.
 */
export function serveMetrics(
  address: { readonly host: string; readonly port: number },
  registry: Registry,
): Promise<HttpServer> {
  return HttpServer.listen(address, async ({ pathname }, { host }) => {
    if (!isAllowedHost(host)) return text(421, "Scrape this by its IP address, such as 127.0.0.1:9464.");
    if (pathname !== "/metrics") return text(404, "Only /metrics is served here.");
    return { status: 200, type: registry.contentType, body: await registry.metrics() };
  });
}
