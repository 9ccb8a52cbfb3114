/** The coordinator's list of shared prefixes, for whoever asks the daemon: a page at a time, and not too often. */
import { ControlError } from "@nat64/daemon-kit/control";
import type { GetPrefixes, Message, Prefixes, SharedPrefix } from "@nat64/peer-protocol";

/** Milliseconds between two questions: the coordinator takes one a second. */
const PAUSE = 1_100;

/** Milliseconds that the coordinator has for a page, less than a client of the control socket waits. */
const LIST_TIMEOUT_MS = 5_000;

/** Milliseconds for which a page is good for others who ask. */
const FRESH = 5_000;

/** Pages at most, whatever the coordinator says: 2,048 prefixes. */
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

  /** Whether a message of the coordinator was for this. */
  take(message: Message): boolean {
    if (message.type === "prefixes") {
      this.#question?.resolve(message);
    } else if (message.type === "error" && message.regarding === "get-prefixes") {
      this.#question?.reject(new ControlError("refused", `the coordinator does not tell: ${message.message}`));
    } else return false;
    return true;
  }

  /** The connection to the coordinator is gone. */
  lost(): void {
    this.#question?.reject(new ControlError("refused", NOT_CONNECTED));
  }

  /** Gives the list page by page to `emit`. Rejects with a `ControlError` when the coordinator does not tell. */
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

  /** A page; those who ask wait for each other. */
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
    return found !== undefined && performance.now() - found.at < FRESH ? found.page : undefined;
  }

  async #fetch(after: string | undefined): Promise<Prefixes> {
    if (!this.#isConnected()) throw new ControlError("refused", NOT_CONNECTED);
    await pause(Math.max(0, this.#askedAt + PAUSE - performance.now()));
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

/** Nobody waits for this at the end of the process. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

const NOT_CONNECTED = "v6peerd is not connected to the coordinator, which has the list: v6peer status says why";
const SILENT = `the coordinator did not tell its list of prefixes within ${LIST_TIMEOUT_MS / 1000} seconds`;
