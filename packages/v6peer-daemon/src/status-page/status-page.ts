import { HttpServer } from "@nat64/daemon-kit/metrics";
import type { ConfigFile } from "../config/config-file.ts";
import type { Status } from "../control/protocol.ts";
import { answerPage } from "./answer.ts";
import { HistoryRing, ROW_INTERVAL_MS } from "./history.ts";
import { pageDataOf, type Snapshot, totalsOf } from "./page-data.ts";

/** Age after which the last snapshot is no longer shown, because the data path hangs. */
const MAX_AGE_MS = 5 * ROW_INTERVAL_MS;

/** The sources of the page. */
export interface StatusPageSources {
  readonly status: () => Promise<Status>;
  readonly file: () => ConfigFile;
}

/**
 * Serves the status page. It reads the status every two seconds, whether or not there are requests. So there is always a
 * history, and many requests do not cause more work for the data path.
 */
export class StatusPage {
  readonly #sources: StatusPageSources;
  readonly #server: HttpServer;
  readonly #history: HistoryRing = new HistoryRing();
  readonly #timer: NodeJS.Timeout;
  #snapshot: Snapshot | undefined;
  #isUpdating = false;

  private constructor(sources: StatusPageSources, server: HttpServer) {
    this.#sources = sources;
    this.#server = server;
    this.#timer = setInterval(() => void this.#update(), ROW_INTERVAL_MS);
  }

  /** Listens. Rejects if the address is in use or does not belong to this host. */
  static async listen(
    address: { readonly host: string; readonly port: number },
    sources: StatusPageSources,
  ): Promise<StatusPage> {
    let page: StatusPage | undefined;
    const server = await HttpServer.listen(address, (url, headers) =>
      answerPage(url, headers, (since) => page?.data(since)),
    );
    page = new StatusPage(sources, server);
    await page.#update();
    return page;
  }

  /** The port it listens on. */
  get port(): number {
    return this.#server.port;
  }

  /** The current data of the page; `undefined` if the data path does not answer. */
  data(since: number): ReturnType<typeof pageDataOf> | undefined {
    const snapshot = this.#snapshot;
    return snapshot === undefined || now() - snapshot.at > MAX_AGE_MS
      ? undefined
      : pageDataOf(snapshot, this.#history, since);
  }

  /** Stops listening and forgets the history. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.#server.close();
  }

  async #update(): Promise<void> {
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    try {
      const status = await this.#sources.status();
      this.#snapshot = { status, file: this.#sources.file(), at: now() };
      this.#history.add(totalsOf(status, this.#snapshot.at));
    } catch {
      // The data path is starting or stopping, or hangs. The page shows this once the snapshot is too old.
    } finally {
      this.#isUpdating = false;
    }
  }
}

/** Milliseconds since 1970 on a monotonic clock, because rows must be in order. */
function now(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
