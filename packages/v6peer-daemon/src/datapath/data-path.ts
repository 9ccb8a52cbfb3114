import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Nat64Config, SessionSlice } from "@nat64/nat64-engine";
import type { V6PeerOutput } from "@nat64/nat64-engine/peer";
import { type EventFd, openEventFd, type Tun } from "@nat64/tun";
import type { CoordinatorNews, PeerExitsOptions, PeerExitsStatus } from "../peer-exits/messages.ts";
import type { DataPathCounters, DataPathOptions, DataPathReply, DataPathRequest, Reconfigured } from "./messages.ts";

/** Milliseconds that the thread may take to make an engine (with tables of millions of sessions) and to answer. */
const ENGINE_TIMEOUT = 60_000;
const ANSWER_TIMEOUT = 5_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** A request without the `id` that the channel adds. */
type Question = DataPathRequest extends infer Each ? (Each extends { id: number } ? Omit<Each, "id"> : never) : never;

/** Peer exits: what their half in the thread needs, and who hears what it says. */
export interface PeerExitsPart {
  readonly options: PeerExitsOptions;
  readonly heard: (outputs: readonly V6PeerOutput[]) => void;
}

/** The data path as the main thread sees it: a thread that forwards, and that answers questions. */
export class DataPath {
  /** Settles when the thread has ended: with nothing after {@link DataPath.stop}, with the error when it failed. */
  readonly ended: Promise<Error | undefined>;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #wakeUp: EventFd;
  readonly #waiting = new Map<number, Waiting>();
  readonly #heard: PeerExitsPart["heard"] | undefined;
  #nextId = 1;

  private constructor(worker: Worker, port: MessagePort, wakeUp: EventFd, heard: PeerExitsPart["heard"] | undefined) {
    this.#heard = heard;
    this.#worker = worker;
    this.#port = port;
    this.#wakeUp = wakeUp;
    this.ended = new Promise((resolve) => {
      let failure: Error | undefined;
      worker.once("error", (error: Error) => {
        failure = error;
      });
      worker.once("exit", (code) => {
        if (code !== 0) failure ??= new Error(`the data path's thread ended with code ${code}`);
        this.#rejectAll(failure ?? new Error("the data path has stopped"));
        port.close();
        wakeUp.close();
        resolve(failure);
      });
    });
    port.on("message", (reply: DataPathReply) => this.#receive(reply));
  }

  /** Starts the thread on an open TUN device, which stays the caller's. Rejects when the engine refuses its configuration. */
  static async start(tun: Tun, engine: Nat64Config, peerExits?: PeerExitsPart): Promise<DataPath> {
    const wakeUp = openEventFd();
    const { port1, port2 } = new MessageChannel();
    const options: DataPathOptions = {
      engine,
      tun: tun.handle,
      eventFd: wakeUp.fd,
      ...(peerExits !== undefined && { peerExits: peerExits.options }),
    };
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      name: "data path",
      workerData: { options, port: port2 },
      transferList: [port2],
    });
    const dataPath = new DataPath(worker, port1, wakeUp, peerExits?.heard);
    const ready = dataPath.#expect(0, ENGINE_TIMEOUT);
    await ready;
    return dataPath;
  }

  /** Counts since start. */
  async counters(): Promise<DataPathCounters> {
    return (await this.#ask({ type: "counters" })) as DataPathCounters;
  }

  /**
   * Looks at the next `limit` records of the session table; {@link SessionSlice} says where to go on.
   */
  async sessions(from: number, limit: number): Promise<SessionSlice> {
    return (await this.#ask({ type: "sessions", from, limit })) as SessionSlice;
  }

  /**
   * Lets an engine with another configuration go on with all sessions, between two rounds. Prefixes and
   * `tables.sessions` have to stay as they are.
   */
  async reconfigure(engine: Nat64Config): Promise<Reconfigured> {
    return (await this.#ask({ type: "reconfigure", engine }, ENGINE_TIMEOUT)) as Reconfigured;
  }

  /** Tells the peer exits what came from the coordinator, or from the operator. */
  async tellPeerExits(news: CoordinatorNews): Promise<void> {
    await this.#ask({ type: "coordinator", news });
  }

  /** How the peer exits are. Rejects when there are none. */
  async peerExits(): Promise<PeerExitsStatus> {
    return (await this.#ask({ type: "peer-exits" })) as PeerExitsStatus;
  }

  /** Lets the thread end after the round that it is in; one that does not answer is ended by force. */
  async stop(): Promise<void> {
    try {
      await this.#ask({ type: "stop" });
    } catch {
      await this.#worker.terminate();
    }
    await this.ended;
  }

  #ask(question: Question, timeout = ANSWER_TIMEOUT): Promise<unknown> {
    const id = this.#nextId++;
    const answer = this.#expect(id, timeout);
    this.#port.postMessage({ ...question, id });
    try {
      this.#wakeUp.notify();
    } catch {
      this.#settle(id)?.reject(new Error("the data path has stopped"));
    }
    return answer;
  }

  #expect(id: number, timeout: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#settle(id)?.reject(new Error(`the data path did not answer within ${timeout / 1000} seconds`));
      }, timeout);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  #receive(reply: DataPathReply): void {
    if (reply.type === "peer") this.#heard?.(reply.outputs);
    else if (reply.type === "ready") this.#settle(0)?.resolve(undefined);
    else if (reply.type === "answer") this.#settle(reply.id)?.resolve(reply.value);
    else this.#settle(reply.id)?.reject(new Error(reply.message));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #rejectAll(error: Error): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(error);
  }
}
