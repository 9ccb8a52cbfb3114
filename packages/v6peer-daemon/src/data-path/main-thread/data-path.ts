import { setTimeout } from "node:timers/promises";
import { Thread } from "@nat64/daemon-kit/thread";
import type { BlockReport, Nat64Config, SessionSlice } from "@nat64/nat64-engine";
import { openEventFd } from "@nat64/packet-io/wait";
import type { V6PeerOutput } from "@nat64/peer-machines";
import type { Tun } from "@nat64/tun";
import type {
  DataPathCounters,
  DataPathNote,
  DataPathOptions,
  DataPathRequest,
  Reconfigured,
} from "../messages/all-messages.ts";
import type { BlockQuestion } from "../messages/audit-log.ts";
import type { BandwidthCounters, BandwidthOrder } from "../messages/bandwidth.ts";
import type { DrainOrder, DrainProgress, DrainView } from "../messages/draining.ts";
import type { CoordinatorNews, PeerExitsOptions, PeerExitsStatus } from "../messages/peer-exits.ts";
import { RecentMaximum } from "./recent-maximum.ts";

/** Milliseconds that the thread may take to make an engine (with tables of millions of sessions). */
const ENGINE_TIMEOUT = 60_000;

/** Milliseconds between two looks at whether all sessions have been taken over. */
const TAKE_OVER_POLL = 20;

/** Milliseconds that a peak is told of at least. */
const PEAK_WINDOW = 60_000;

/** A request without the `id` that the channel adds. */
type Question = DataPathRequest extends infer Each ? (Each extends { id: number } ? Omit<Each, "id"> : never) : never;

/** Peer exits: what their half in the thread needs, and who hears what it says. */
export interface PeerExitsPart {
  readonly options: PeerExitsOptions;
  readonly heard: (outputs: readonly V6PeerOutput[]) => void;
}

/** The data path as the main thread sees it: a thread that forwards, and that answers questions. */
export class DataPath {
  readonly #thread: Thread<DataPathNote>;
  readonly #peaks = {
    round: new RecentMaximum(PEAK_WINDOW),
    up: new RecentMaximum(PEAK_WINDOW),
    down: new RecentMaximum(PEAK_WINDOW),
  } as const;

  private constructor(thread: Thread<DataPathNote>) {
    this.#thread = thread;
  }

  /**
   * Starts the thread on an open TUN device, which stays the caller's. Rejects when the engine refuses its configuration.
   *
   * @param drained told when everything has drained
   */
  static async start(
    tun: Tun,
    engine: Nat64Config,
    peerExits?: PeerExitsPart,
    drained: (progress: DrainProgress) => void = () => {},
  ): Promise<DataPath> {
    const wakeUp = openEventFd();
    const options: DataPathOptions = {
      engine,
      tun: tun.handle,
      eventFd: wakeUp.fd,
      ...(peerExits !== undefined && { peerExits: peerExits.options }),
    };
    const thread = await Thread.start<DataPathNote>({
      script: new URL("../worker-thread/worker.js", import.meta.url),
      name: "data path",
      options,
      wakeUp,
      startTimeout: ENGINE_TIMEOUT,
      heard: (note) => {
        if (note.type === "drained") drained(note.progress);
        else peerExits?.heard(note.outputs);
      },
    });
    return new DataPath(thread);
  }

  /** Settles when the thread has ended: with nothing after {@link DataPath.stop}, with the error when it failed. */
  get ended(): Promise<Error | undefined> {
    return this.#thread.ended;
  }

  /** Counts since start. */
  async counters(): Promise<DataPathCounters> {
    const counters = (await this.#ask({ type: "counters" })) as DataPathCounters;
    return this.#withRecentPeaks(counters, performance.now());
  }

  /**
   * Looks at the next `limit` records of the session table; {@link SessionSlice} says where to go on.
   */
  async sessions(from: number, limit: number): Promise<SessionSlice> {
    return (await this.#ask({ type: "sessions", from, limit })) as SessionSlice;
  }

  /**
   * Lets an engine with another configuration go on with all sessions, between two rounds; resolves when the last one has
   * been taken over. Prefixes and `tables.sessions` have to stay as they are.
   */
  async reconfigure(engine: Nat64Config): Promise<Reconfigured> {
    const before = await this.counters();
    const problem = (await this.#ask({ type: "reconfigure", engine }, ENGINE_TIMEOUT)) as string | null;
    if (problem !== null) return { accepted: false, problem };
    for (;;) {
      const after = await this.counters();
      const sessionsLost = after.engine.sessionsLost - before.engine.sessionsLost;
      if (!after.isMigrating) return { accepted: true, sessionsLost };
      await setTimeout(TAKE_OVER_POLL);
    }
  }

  /** Tells the peer exits what came from the coordinator, or from the operator. */
  async tellPeerExits(news: CoordinatorNews): Promise<void> {
    await this.#ask({ type: "coordinator", news });
  }

  /** Sets what clients may use; left out: everything. */
  async setBandwidth(order?: BandwidthOrder): Promise<void> {
    await this.#ask({ type: "set-bandwidth", ...(order !== undefined && { order }) });
  }

  /** What has passed; undefined when it is neither limited nor counted. */
  async bandwidth(): Promise<BandwidthCounters | undefined> {
    return (await this.#ask({ type: "bandwidth" })) as BandwidthCounters | undefined;
  }

  /** What happened to blocks of ports since it was last asked, and which are owned. */
  async blocks(question: BlockQuestion): Promise<BlockReport> {
    return (await this.#ask({ type: "blocks", ...question })) as BlockReport;
  }

  /** How the peer exits are. Rejects when there are none. */
  async peerExits(): Promise<PeerExitsStatus> {
    return (await this.#ask({ type: "peer-exits" })) as PeerExitsStatus;
  }

  /** Lets something drain, or no more, and tells how far all drains are. */
  async drain(order?: DrainOrder): Promise<DrainView> {
    return (await this.#ask({ type: "drain", ...(order !== undefined && { order }) })) as DrainView;
  }

  /** Lets the thread end after the round that it is in; one that does not answer is ended by force. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }

  /** The thread forgets its peaks with each answer; metrics, status and status page ask at their own paces. */
  #withRecentPeaks(counters: DataPathCounters, now: number): DataPathCounters {
    const { loop, bandwidth } = counters;
    const round = this.#peaks.round.add(loop.longestRoundMilliseconds, now);
    const up = this.#peaks.up.add(bandwidth?.up.longestDelay ?? 0, now);
    const down = this.#peaks.down.add(bandwidth?.down.longestDelay ?? 0, now);
    return {
      ...counters,
      loop: { ...loop, longestRoundMilliseconds: round },
      ...(bandwidth !== undefined && {
        bandwidth: {
          ...bandwidth,
          up: { ...bandwidth.up, longestDelay: up },
          down: { ...bandwidth.down, longestDelay: down },
        },
      }),
    };
  }

  #ask(question: Question, timeout?: number): Promise<unknown> {
    return this.#thread.ask(question, timeout);
  }
}
