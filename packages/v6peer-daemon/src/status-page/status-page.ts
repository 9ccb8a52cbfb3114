import { HttpServer } from "@nat64/daemon-kit/metrics";
import type { ConfigFile } from "../config/file.ts";
import type { Status } from "../control/protocol.ts";
import { answerPage } from "./answer.ts";
import { HistoryRing, ROW_INTERVAL_MS } from "./history.ts";
import { type Look, pageDataOf, totalsOf } from "./page-data.ts";

/** Milliseconds after which what was last seen is no answer any more: the data path hangs. */
const STALE = 5 * ROW_INTERVAL_MS;

/** What the page shows. */
export interface StatusPageSources {
  readonly status: () => Promise<Status>;
  readonly file: () => ConfigFile;
}

/**
 * Serves the status page. It looks at the status every two seconds whether anybody asks or not: so there is a history, and
 * no number of requests makes the data path answer more often.
 */
export class StatusPage {
  readonly #sources: StatusPageSources;
  readonly #server: HttpServer;
  readonly #history: HistoryRing = new HistoryRing();
  readonly #timer: NodeJS.Timeout;
  #look: Look | undefined;
  #isLooking = false;

  private constructor(sources: StatusPageSources, server: HttpServer) {
    this.#sources = sources;
    this.#server = server;
    this.#timer = setInterval(() => void this.#lookAgain(), ROW_INTERVAL_MS);
  }

  /** Listens. Rejects when the address is taken or not this host's. */
  static async listen(
    address: { readonly host: string; readonly port: number },
    sources: StatusPageSources,
  ): Promise<StatusPage> {
    let page: StatusPage | undefined;
    const server = await HttpServer.listen(address, (url, headers) =>
      answerPage(url, headers, (since) => page?.data(since)),
    );
    page = new StatusPage(sources, server);
    await page.#lookAgain();
    return page;
  }

  /** The port it listens on. */
  get port(): number {
    return this.#server.port;
  }

  /** What the page is told now; `undefined` when the data path does not answer. */
  data(since: number): ReturnType<typeof pageDataOf> | undefined {
    const look = this.#look;
    return look === undefined || now() - look.at > STALE ? undefined : pageDataOf(look, this.#history, since);
  }

  /** Stops listening and forgets the history. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.#server.close();
  }

  async #lookAgain(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const status = await this.#sources.status();
      this.#look = { status, file: this.#sources.file(), at: now() };
      this.#history.add(totalsOf(status, this.#look.at));
    } catch {
      // The data path is about to start or to end, or hangs: the next look tells, and the page says so.
    } finally {
      this.#isLooking = false;
    }
  }
}

/** Milliseconds since 1970 on a clock that never goes back: rows have to follow each other. */
function now(): number {
  return Math.round(performance.timeOrigin + performance.now());
}
