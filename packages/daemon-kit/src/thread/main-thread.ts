/** The main thread, seen from a thread that blocks: the other end of a `Thread`, without an event loop. */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { ThreadReply } from "./thread.ts";

/** A message from the main thread. One with an `id` needs an answer. */
interface Request {
  readonly type: string;
  readonly id?: number;
}

/** The start options of this thread, in workers that a `Thread` has started. */
export function startOptions<Options>(): Options {
  return (workerData as { readonly options: Options }).options;
}

/** The connection to the main thread. Exists once in a thread. */
export class MainThread<Each extends Request, Note extends { readonly type: string }> {
  readonly #port: MessagePort = (workerData as { readonly port: MessagePort }).port;
  readonly #handle: (request: Each, now: number) => unknown;

  /** @param handle carries out a request and returns the answer, if one is needed. Errors are sent as answers */
  constructor(handle: (request: Each, now: number) => unknown) {
    this.#handle = handle;
  }

  /** Reports that the thread accepts requests. */
  ready(): void {
    this.#send({ type: "ready" });
  }

  /** Sends a message that is not an answer. */
  note(note: Note): void {
    this.#send(note);
  }

  /** Handles all waiting messages. To be called after a wake-up. @returns false if the thread must end */
  receiveMessages(now: number): boolean {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: Each } | undefined;
      if (received === undefined) return true;
      const request = received.message;
      if (request.id === undefined) {
        this.#handle(request, now);
      } else if (request.type === "stop") {
        this.#send({ type: "answer", id: request.id, value: null });
        return false;
      } else {
        this.#answer(request, request.id, now);
      }
    }
  }

  /** Closes the connection, so that the thread can end. */
  close(): void {
    this.#port.close();
  }

  #answer(question: Each, id: number, now: number): void {
    let reply: ThreadReply;
    try {
      reply = { type: "answer", id, value: this.#handle(question, now) };
    } catch (error) {
      reply = { type: "failed", id, message: error instanceof Error ? error.message : String(error) };
    }
    this.#send(reply);
  }

  #send(what: ThreadReply | Note): void {
    this.#port.postMessage(what);
  }
}
