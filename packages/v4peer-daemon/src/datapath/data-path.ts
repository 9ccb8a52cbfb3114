import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { V4PeerEvent } from "@nat64/nat64-engine/peer";
import type { Message, Welcome } from "@nat64/peer-protocol";
import { type EventFd, openEventFd } from "@nat64/tun";
import type { DataPathOptions, DataPathReply, DataPathRequest, DataPathView } from "./messages.ts";

/** Milliseconds that the thread may take to start, and to answer. */
const START_TIMEOUT = 30_000;
const ANSWER_TIMEOUT = 5_000;

export interface DataPathHandlers {
  /** For the coordinator. */
  say(message: Message): void;
  happened(event: V4PeerEvent): void;
}

interface Waiting {
  readonly resolve: (value: DataPathView | null) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The data path as the main thread sees it. */
export class DataPath {
  /** Settles when the thread has ended: with nothing after {@link DataPath.stop}, with the error when it failed. */
  readonly ended: Promise<Error | undefined>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #wakeUp: EventFd;
  readonly #waiting: Map<number, Waiting> = new Map();
  #nextId = 1;
  #isOver = false;

  private constructor(worker: Worker, port: MessagePort, wakeUp: EventFd, handlers: DataPathHandlers) {
    this.#worker = worker;
    this.#port = port;
    this.#wakeUp = wakeUp;
    port.on("message", (reply: DataPathReply) => this.#receive(reply, handlers));
    this.ended = new Promise((resolve) => {
      let failure: Error | undefined;
      worker.once("error", (error: Error) => {
        failure = error;
      });
      worker.once("exit", (code) => {
        if (code !== 0) failure ??= new Error(`the data path's thread ended with code ${code}`);
        this.#isOver = true;
        for (const id of [...this.#waiting.keys()]) {
          this.#settle(id)?.reject(failure ?? new Error("the data path has stopped"));
        }
        port.close();
        wakeUp.close();
        resolve(failure);
      });
    });
  }

  /** Starts the thread on devices that stay the caller's. */
  static async start(options: Omit<DataPathOptions, "eventFd">, handlers: DataPathHandlers): Promise<DataPath> {
    const wakeUp = openEventFd();
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      name: "data path",
      workerData: { options: { ...options, eventFd: wakeUp.fd }, port: port2 },
      transferList: [port2],
    });
    const dataPath = new DataPath(worker, port1, wakeUp, handlers);
    await dataPath.#expect(0, START_TIMEOUT);
    return dataPath;
  }

  opened(welcome: Welcome): void {
    this.#post({ type: "opened", welcome });
  }

  lost(): void {
    this.#post({ type: "lost" });
  }

  hear(message: Message): void {
    this.#post({ type: "hear", message });
  }

  /** No more pairs. @param within seconds until the end @param pair only this one ends */
  drain(within: number, pair?: string): void {
    this.#post({ type: "drain", within, ...(pair !== undefined && { pair }) });
  }

  /** Ends a pair at once. */
  unpair(pair: string): void {
    this.#post({ type: "unpair", pair });
  }

  /** How everything is. */
  async look(): Promise<DataPathView> {
    const id = this.#nextId++;
    const answer = this.#expect(id, ANSWER_TIMEOUT);
    this.#post({ type: "look", id });
    return (await answer) as DataPathView;
  }

  /** Lets the thread end after the round that it is in; one that does not answer is ended by force. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    const id = this.#nextId++;
    const answer = this.#expect(id, ANSWER_TIMEOUT);
    this.#post({ type: "stop", id });
    await answer.catch(() => this.#worker.terminate());
    await this.ended;
  }

  #post(request: DataPathRequest): void {
    if (this.#isOver) return;
    this.#port.postMessage(request);
    this.#wakeUp.notify();
  }

  #expect(id: number, timeout: number): Promise<DataPathView | null> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle(id)?.reject(new Error(`the data path did not answer within ${timeout / 1000} seconds`));
      }, timeout);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  #receive(reply: DataPathReply, handlers: DataPathHandlers): void {
    switch (reply.type) {
      case "ready":
        this.#settle(0)?.resolve(null);
        return;
      case "say":
        handlers.say(reply.message);
        return;
      case "event":
        handlers.happened(reply.event);
        return;
      case "answer":
        this.#settle(reply.id)?.resolve(reply.value);
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}
