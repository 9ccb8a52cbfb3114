import type { Registry } from "prom-client";
import { HttpServer, text } from "./http-server.ts";

/** Serves `GET /metrics` for Prometheus, and nothing else. Rejects when the address is taken or not this host's. */
export function serveMetrics(
  address: { readonly host: string; readonly port: number },
  registry: Registry,
): Promise<HttpServer> {
  return HttpServer.listen(address, async ({ pathname }) => {
    if (pathname !== "/metrics") return text(404, "Only /metrics is served here.");
    return { status: 200, type: registry.contentType, body: await registry.metrics() };
  });
}
