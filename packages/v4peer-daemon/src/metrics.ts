/** Prometheus metrics, at /metrics. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Gauge, Registry } from "prom-client";
import type { DataPathView } from "./datapath/messages.ts";

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves what `look` tells. Rejects when the port is taken. */
export async function serveMetrics(
  host: string,
  port: number,
  look: () => Promise<DataPathView>,
): Promise<MetricsServer> {
  const registry = makeRegistry(look);
  const server: Server = createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end("Metrics are at /metrics.\n");
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(503).end("The data path does not answer.\n"),
    );
  });
  server.headersTimeout = 5_000;
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function makeRegistry(look: () => Promise<DataPathView>): Registry {
  const registry = new Registry();
  const common = { registers: [registry] };
  const registered = new Gauge({
    name: "v4peer_registered",
    help: "1 while the coordinator knows the mapping",
    ...common,
  });
  const pairs = new Gauge({ name: "v4peer_pairs", help: "Pairs by state", labelNames: ["state"], ...common });
  const count = (name: string, help: string, labelNames: readonly string[] = []): Counter =>
    new Counter({ name: `v4peer_${name}_total`, help, labelNames, ...common });
  const packets = count("packets", "Packets translated", ["to"]);
  const bytes = count("bytes", "Bytes translated", ["to"]);
  const drops = count("drops", "Packets and datagrams that were dropped", ["where", "reason"]);
  const probes = count("probes_answered", "Path probes that were answered");
  const bubbles = count("bubbles_sent", "Bubbles that were sent to relays");
  registry.metrics = async (): Promise<string> => {
    const { peer, counters, engine, loop } = await look();
    const { wakeUps: _, ...path } = loop;
    // The numbers are counted elsewhere: they are put in anew each time.
    registry.resetMetrics();
    registered.set(peer.registered ? 1 : 0);
    for (const state of ["agreed", "trying", "up"] as const) {
      pairs.set({ state }, peer.pairs.filter((pair) => pair.state === state).length);
    }
    packets.inc({ to: "ipv4" }, engine.packetsToIPv4);
    packets.inc({ to: "ipv6" }, engine.packetsToIPv6);
    bytes.inc({ to: "ipv4" }, engine.bytesToIPv4);
    bytes.inc({ to: "ipv6" }, engine.bytesToIPv6);
    probes.inc(counters.probesAnswered);
    bubbles.inc(counters.bubblesSent);
    for (const [where, reasons] of Object.entries({ engine: engine.drops, peer: counters.drops, path })) {
      for (const [reason, value] of Object.entries(reasons)) drops.inc({ where, reason }, value);
    }
    return Registry.prototype.metrics.call(registry);
  };
  return registry;
}
