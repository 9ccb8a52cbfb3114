import { Thread } from "@nat64/daemon-kit/thread";
import type { ExitPolicyRow } from "@nat64/nat64-engine";
import { openEventFd } from "@nat64/packet-io/wait";
import type { V4PeerEvent } from "@nat64/peer-machines";
import type { Message, Welcome } from "@nat64/peer-protocol";
import type { DataPathNote, DataPathOptions, DataPathRequest, DataPathView } from "../messages.ts";

/** Milliseconds that the thread may take to start. */
const START_TIMEOUT = 30_000;

/** Who hears what the thread says. */
export interface DataPathHandlers {
  /** For the coordinator. */
  say(message: Message): void;
  happened(event: V4PeerEvent): void;
}

/** The data path as the main thread sees it. */
export class DataPath {
  readonly #thread: Thread<DataPathNote>;

  private constructor(thread: Thread<DataPathNote>) {
    this.#thread = thread;
  }

  /** Starts the thread on devices that stay the caller's. */
  static async start(options: Omit<DataPathOptions, "eventFd">, handlers: DataPathHandlers): Promise<DataPath> {
    const wakeUp = openEventFd();
    const thread = await Thread.start<DataPathNote>({
      script: new URL("../worker-thread/worker.js", import.meta.url),
      name: "data path",
      options: { ...options, eventFd: wakeUp.fd },
      wakeUp,
      startTimeout: START_TIMEOUT,
      onNote: (note) => (note.type === "say" ? handlers.say(note.message) : handlers.happened(note.event)),
    });
    return new DataPath(thread);
  }

  /** Settles when the thread has ended: with nothing after {@link DataPath.stop}, with the error when it failed. */
  get ended(): Promise<Error | undefined> {
    return this.#thread.ended;
  }

  opened(welcome: Welcome): void {
    this.#tell({ type: "opened", welcome });
  }

  lost(): void {
    this.#tell({ type: "lost" });
  }

  hear(message: Message): void {
    this.#tell({ type: "hear", message });
  }

  /** No more pairs. @param within seconds until the end @param pair only this one ends */
  drain(within: number, pair?: string): void {
    this.#tell({ type: "drain", within, ...(pair !== undefined && { pair }) });
  }

  /** Refuses these destinations from now on. */
  refuse(rows: readonly ExitPolicyRow[]): void {
    this.#tell({ type: "refuse", rows });
  }

  /** Ends a pair at once. */
  unpair(pair: string): void {
    this.#tell({ type: "unpair", pair });
  }

  /** How everything is. */
  async look(): Promise<DataPathView> {
    return (await this.#thread.ask({ type: "look" })) as DataPathView;
  }

  /** Lets the thread end after the round that it is in; one that does not answer is ended by force. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }

  #tell(request: DataPathRequest): void {
    this.#thread.tell(request);
  }
}
