/**
 * A worker thread that blocks in a system call, seen from the main thread. It reads its messages with
 * `receiveMessageOnPort` after a wake-up, since it has no event loop of its own.
 */
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { inlineMore } from "./inline-more.ts";
import { Questions } from "./questions.ts";

/** Wakes up the waiting thread: an eventfd. */
export interface WakeUp {
  notify(): void;
  close(): void;
}

/** A thread's replies. `ready` comes once, first. All other messages are notes. */
export type ThreadReply =
  | { readonly type: "ready" }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly message: string };

/** Options of a thread. */
export interface ThreadOptions<Note> {
  /** The module of the thread; its `workerData` is `{ options, port }`. */
  readonly script: URL;
  /** Name of the thread for messages, such as "data path". */
  readonly name: string;
  readonly options: object;
  /** Taken over: it is closed with the thread. */
  readonly wakeUp: WakeUp;
  /** Milliseconds until it has to be ready. */
  readonly startTimeout: number;
  /** Called with each note of the thread. */
  readonly onNote: (note: Note) => void;
}

/** Milliseconds that an answer may take, unless told otherwise. */
const ANSWER_TIMEOUT_MS = 5_000;

/** The thread. Messages to it are objects with a `type`. A question also has an `id`, and gets a {@link ThreadReply} with it. */
export class Thread<Note extends { readonly type: string }> {
  /** Settles when the thread has ended: with nothing after {@link Thread.stop}, with the error when it failed. */
  readonly ended: Promise<Error | undefined>;
  readonly #name: string;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #wakeUp: WakeUp;
  readonly #questions: Questions;
  #nextId = 1;
  #isOver = false;

  private constructor({ script, name, options, wakeUp, onNote }: ThreadOptions<Note>) {
    const { port1, port2 } = new MessageChannel();
    this.#name = name;
    this.#port = port1;
    this.#wakeUp = wakeUp;
    this.#questions = new Questions(`the ${name}`);
    inlineMore();
    this.#worker = new Worker(script, { name, workerData: { options, port: port2 }, transferList: [port2] });
    port1.on("message", (said: ThreadReply | Note) => this.#receive(said, onNote));
    this.ended = this.#watch();
  }

  /** Starts it. Rejects when it ends, or is not ready in time. */
  static async start<Note extends { readonly type: string }>(options: ThreadOptions<Note>): Promise<Thread<Note>> {
    const thread = new Thread(options);
    await thread.#questions.expect(0, options.startTimeout);
    return thread;
  }

  /** Tells it something. Once it has ended that is forgotten. */
  tell(message: object): void {
    if (this.#isOver) return;
    this.#port.postMessage(message);
    this.#wakeUp.notify();
  }

  /** Asks it something. Rejects with what it failed with, when it is silent, and when it has ended. */
  ask(question: object, timeout: number = ANSWER_TIMEOUT_MS): Promise<unknown> {
    if (this.#isOver) return Promise.reject(this.#stopped());
    const id = this.#nextId++;
    const answer = this.#questions.expect(id, timeout);
    this.tell({ ...question, id });
    return answer;
  }

  /** Lets it end after the round that it is in (`{ type: "stop" }`); one that does not answer is ended by force. */
  async stop(): Promise<void> {
    if (!this.#isOver) await this.ask({ type: "stop" }).catch(() => this.#worker.terminate());
    await this.ended;
  }

  #watch(): Promise<Error | undefined> {
    return new Promise((resolve) => {
      let failure: Error | undefined;
      this.#worker.once("error", (error: Error) => {
        failure = error;
      });
      this.#worker.once("exit", (code) => {
        if (code !== 0) failure ??= new Error(`the ${this.#name}'s thread ended with code ${code}`);
        this.#isOver = true;
        this.#questions.refuseAll(failure ?? this.#stopped());
        this.#port.close();
        this.#wakeUp.close();
        resolve(failure);
      });
    });
  }

  #stopped(): Error {
    return new Error(`the ${this.#name} has stopped`);
  }

  #receive(said: ThreadReply | Note, onNote: (note: Note) => void): void {
    if (!isReply(said)) onNote(said);
    else if (said.type === "ready") this.#questions.answer(0, undefined);
    else if (said.type === "answer") this.#questions.answer(said.id, said.value);
    else this.#questions.refuse(said.id, new Error(said.message));
  }
}

function isReply(said: { readonly type: string }): said is ThreadReply {
  return said.type === "ready" || said.type === "answer" || said.type === "failed";
}
