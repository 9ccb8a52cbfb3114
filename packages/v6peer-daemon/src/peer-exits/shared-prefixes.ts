/** Fetches the coordinator's list of shared prefixes for clients of the control socket: page by page, and not too often. */
import { ControlError } from "@nat64/daemon-kit/control";
import type { GetPrefixes, Message, Prefixes, SharedPrefix } from "@nat64/peer-protocol";

/** Interval between two requests: the coordinator accepts one per second. */
const REQUEST_INTERVAL_MS = 1_100;

/** Time limit for a page, shorter than the one of clients of the control socket. */
const LIST_TIMEOUT_MS = 5_000;

/** Time for which a page is cached. */
const CACHE_MS = 5_000;

/** Maximum number of pages, 2,048 prefixes, even if the coordinator offers more. */
const MAX_PAGES = 32;

interface Question {
  readonly resolve: (page: Prefixes) => void;
  readonly reject: (error: ControlError) => void;
}

export class SharedPrefixes {
  readonly #ask: (question: GetPrefixes) => void;
  readonly #isConnected: () => boolean;
  readonly #pages: Map<string, { readonly at: number; readonly page: Prefixes }> = new Map();
  #turn: Promise<unknown> = Promise.resolve();
  #askedAt: number = Number.NEGATIVE_INFINITY;
  #question: Question | undefined;

  /** `ask` sends a message to the coordinator if there is a connection. */
  constructor(ask: (question: GetPrefixes) => void, isConnected: () => boolean) {
    this.#ask = ask;
    this.#isConnected = isConnected;
  }

  /** Handles a message of the coordinator. @returns whether it was an answer to a request for the list */
  receiveMessage(message: Message): boolean {
    if (message.type === "prefixes") {
      this.#question?.resolve(message);
    } else if (message.type === "error" && message.regarding === "get-prefixes") {
      this.#question?.reject(
        new ControlError("refused", `the coordinator refused to send its list of prefixes: ${message.message}`),
      );
    } else return false;
    return true;
  }

  /** Called when the connection to the coordinator is lost. */
  lost(): void {
    this.#question?.reject(new ControlError("refused", NOT_CONNECTED));
  }

  /** Passes the list to `emit`, page by page. Rejects with a `ControlError` if the coordinator does not send it. */
  async list(
    emit: (page: readonly SharedPrefix[]) => Promise<void>,
    hungUp: AbortSignal,
  ): Promise<{ readonly listed: number; readonly complete: boolean }> {
    let listed = 0;
    let after: string | undefined;
    for (let count = 0; count < MAX_PAGES; count++) {
      hungUp.throwIfAborted();
      const { prefixes, next } = await this.#page(after, hungUp);
      if (prefixes.length > 0) await emit(prefixes);
      listed += prefixes.length;
      if (next === undefined) return { listed, complete: true };
      after = next;
    }
    return { listed, complete: false };
  }

  /** Returns a page. Concurrent requests wait for each other. */
  #page(after: string | undefined, hungUp: AbortSignal): Promise<Prefixes> {
    const page = this.#turn.then(() => {
      hungUp.throwIfAborted();
      return this.#fresh(after) ?? this.#fetch(after);
    });
    this.#turn = page.catch(() => {});
    return page;
  }

  #fresh(after = ""): Prefixes | undefined {
    const found = this.#pages.get(after);
    return found !== undefined && performance.now() - found.at < CACHE_MS ? found.page : undefined;
  }

  async #fetch(after: string | undefined): Promise<Prefixes> {
    if (!this.#isConnected()) throw new ControlError("refused", NOT_CONNECTED);
    await pause(Math.max(0, this.#askedAt + REQUEST_INTERVAL_MS - performance.now()));
    this.#askedAt = performance.now();
    const page = await this.#answer(after);
    if (this.#pages.size >= MAX_PAGES) this.#pages.clear();
    this.#pages.set(after ?? "", { at: performance.now(), page });
    return page;
  }

  async #answer(after: string | undefined): Promise<Prefixes> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Prefixes>((resolve, reject) => {
        this.#question = { resolve, reject };
        timer = setTimeout(() => reject(new ControlError("refused", SILENT)), LIST_TIMEOUT_MS);
        timer.unref();
        this.#ask({ type: "get-prefixes", ...(after !== undefined && { after }) });
      });
    } finally {
      clearTimeout(timer);
      this.#question = undefined;
    }
  }
}

/** Does not keep the process running. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

const NOT_CONNECTED =
  "v6peerd is not connected to the coordinator, so it cannot get the list. Run v6peer status to see why";
const SILENT = `the coordinator did not send its list of prefixes within ${LIST_TIMEOUT_MS / 1000} seconds`;
