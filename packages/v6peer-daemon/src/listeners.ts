/** The daemon's HTTP servers: metrics and status page. */
import { type HttpServer, MovableServer, type ServerAddress, serveMetrics } from "@nat64/daemon-kit/metrics";
import type { PrepareChange } from "@nat64/daemon-kit/program";
import type { Logger } from "pino";
import type { DaemonConfig } from "./config/resolve.ts";
import { daemonRegistry, type MetricsSources } from "./metrics/registry.ts";
import { StatusPage, type StatusPageSources } from "./status-page/status-page.ts";

/** Opens both servers as configured, and moves them when the configuration changes. */
export class Listeners {
  readonly #log: Logger;
  readonly #metrics: MovableServer<HttpServer>;
  readonly #page: MovableServer<StatusPage>;

  constructor(metrics: MetricsSources, page: StatusPageSources, log: Logger) {
    this.#log = log;
    this.#metrics = new MovableServer("metrics.listen", (address) => serveMetrics(address, daemonRegistry(metrics)));
    this.#page = new MovableServer("status-page.listen", (address) => this.#openPage(address, page));
  }

  /** The ports of the open servers. */
  get ports(): { readonly metricsPort: number | undefined; readonly statusPagePort: number | undefined } {
    return { metricsPort: this.#metrics.port, statusPagePort: this.#page.port };
  }

  /** Opens the servers. Rejects if the metrics cannot be served. The daemon also works without the status page. */
  async start({ metrics, statusPage }: DaemonConfig): Promise<void> {
    await this.#metrics.start(metrics);
    await this.#page
      .start(statusPage)
      .catch((error: Error) => this.#log.error(`cannot serve the status page: ${error.message}`));
  }

  /** The changes of a reload. @param live changed keys */
  changes(live: readonly string[], { metrics, statusPage }: DaemonConfig): readonly PrepareChange[] {
    return [
      ...(live.includes("metrics.listen") ? [() => this.#metrics.prepareMove(metrics)] : []),
      ...(live.includes("status-page.listen") ? [() => this.#page.prepareMove(statusPage)] : []),
    ];
  }

  /** Closes the servers. Never rejects. */
  async close(): Promise<void> {
    await this.#page.close();
    await this.#metrics.close();
  }

  async #openPage(address: ServerAddress, sources: StatusPageSources): Promise<StatusPage> {
    const page = await StatusPage.listen(address, sources);
    if (!/^(127\.|::1$|localhost$)/.test(address.host)) {
      this.#log.warn({ listen: address }, "anyone who can reach this address can read the status page");
    }
    return page;
  }
}
