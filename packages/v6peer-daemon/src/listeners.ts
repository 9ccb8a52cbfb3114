/** What the daemon serves by HTTP: metrics, and the status page. */
import { type HttpServer, serveMetrics } from "@nat64/daemon-kit/metrics";
import type { Logger } from "pino";
import type { DaemonConfig } from "./config/resolve.ts";
import { daemonRegistry, type MetricsSources } from "./metrics/registry.ts";
import { StatusPage, type StatusPageSources } from "./status-page/status-page.ts";

/** Opens both as the configuration says, and moves them when it changes. */
export class Listeners {
  readonly #metricsSources: MetricsSources;
  readonly #pageSources: StatusPageSources;
  readonly #log: Logger;
  #metrics: HttpServer | undefined;
  #page: StatusPage | undefined;

  constructor(metrics: MetricsSources, page: StatusPageSources, log: Logger) {
    this.#metricsSources = metrics;
    this.#pageSources = page;
    this.#log = log;
  }

  /** The ports that are listened on. */
  get ports(): { readonly metricsPort: number | undefined; readonly statusPagePort: number | undefined } {
    return { metricsPort: this.#metrics?.port, statusPagePort: this.#page?.port };
  }

  /** Rejects when the metrics cannot be served. Without the status page all else goes on: it only shows things. */
  async start(config: DaemonConfig): Promise<void> {
    await this.#moveMetrics(config);
    await this.#movePage(config).catch((error: Error) => this.#log.error(`no status page: ${error.message}`));
  }

  /** Says why not when what changed cannot be; then both are as they were with `before`. */
  async move(live: readonly string[], next: DaemonConfig, before: DaemonConfig): Promise<string | undefined> {
    try {
      await this.#moveWhatChanged(live, next);
      return undefined;
    } catch (error) {
      await this.#moveWhatChanged(live, before).catch((again: Error) => this.#log.error(again.message));
      return (error as Error).message;
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await this.#page?.close();
    await this.#metrics?.close();
  }

  async #moveWhatChanged(live: readonly string[], config: DaemonConfig): Promise<void> {
    if (live.includes("metrics.listen")) await this.#moveMetrics(config);
    if (live.includes("status-page.listen")) await this.#movePage(config);
  }

  async #moveMetrics({ metrics }: DaemonConfig): Promise<void> {
    await this.#metrics?.close();
    this.#metrics = undefined;
    if (metrics === undefined) return;
    this.#metrics = await naming("metrics.listen", serveMetrics(metrics, daemonRegistry(this.#metricsSources)));
  }

  async #movePage({ statusPage }: DaemonConfig): Promise<void> {
    await this.#page?.close();
    this.#page = undefined;
    if (statusPage === undefined) return;
    this.#page = await naming("status-page.listen", StatusPage.listen(statusPage, this.#pageSources));
    if (/^(127\.|::1$|localhost$)/.test(statusPage.host)) return;
    this.#log.warn({ listen: statusPage }, "the status page is for everybody who reaches that address");
  }
}

/** Puts the key that is to blame before an error. */
async function naming<Value>(key: string, opening: Promise<Value>): Promise<Value> {
  try {
    return await opening;
  } catch (error) {
    throw new Error(`${key}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
