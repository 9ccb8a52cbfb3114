/** The main thread, seen from a thread that blocks: the other end of a `Thread`, without an event loop. */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { ThreadReply } from "./thread.ts";

/** What comes from the main thread; what has an `id` is a question. */
interface Request {
  readonly type: string;
  readonly id?: number;
}

/** What the thread of this module was started with. For workers that a `Thread` has started. */
export function startOptions<Options>(): Options {
  return (workerData as { readonly options: Options }).options;
}

/** Exists once in a thread. */
export class MainThread<Each extends Request, Note extends { readonly type: string }> {
  readonly #port: MessagePort = (workerData as { readonly port: MessagePort }).port;
  readonly #take: (request: Each, now: number) => unknown;

  /** @param take carries out a request and returns the answer, if it is a question; what it throws then is told */
  constructor(take: (request: Each, now: number) => unknown) {
    this.#take = take;
  }

  /** Says that requests are taken from now on. */
  ready(): void {
    this.#say({ type: "ready" });
  }

  /** Says something of itself. */
  note(note: Note): void {
    this.#say(note);
  }

  /** Takes all that waits; to be called after a wake-up. Returns whether the thread goes on: false once it shall end. */
  hear(now: number): boolean {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: Each } | undefined;
      if (received === undefined) return true;
      const request = received.message;
      if (request.id === undefined) {
        this.#take(request, now);
      } else if (request.type === "stop") {
        this.#say({ type: "answer", id: request.id, value: null });
        return false;
      } else {
        this.#answer(request, request.id, now);
      }
    }
  }

  /** Nothing keeps the thread any more. */
  close(): void {
    this.#port.close();
  }

  #answer(question: Each, id: number, now: number): void {
    let reply: ThreadReply;
    try {
      reply = { type: "answer", id, value: this.#take(question, now) };
    } catch (error) {
      reply = { type: "failed", id, message: error instanceof Error ? error.message : String(error) };
    }
    this.#say(reply);
  }

  #say(what: ThreadReply | Note): void {
    this.#port.postMessage(what);
  }
}
