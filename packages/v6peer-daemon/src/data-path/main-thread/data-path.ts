import { setTimeout } from "node:timers/promises";
import { Thread } from "@nat64/daemon-kit/thread";
import type { BanLists, BlockReport, Nat64Config, SessionSlice } from "@nat64/nat64-engine";
import type { SavedShares } from "@nat64/nat64-engine/shaping";
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

/** Time limit for creating an engine with tables of millions of sessions. */
const ENGINE_TIMEOUT_MS = 60_000;

/** Interval of checks whether all sessions have migrated. */
const MIGRATION_POLL_MS = 20;

/** Time for which a peak is reported at least. */
const PEAK_WINDOW_MS = 60_000;

/** A request without the `id` that the channel adds. */
type Question = DataPathRequest extends infer Each ? (Each extends { id: number } ? Omit<Each, "id"> : never) : never;

/** The options of peer exits in the thread, and the handler of their outputs. */
export interface PeerExitsPart {
  readonly options: PeerExitsOptions;
  readonly onOutputs: (outputs: readonly V6PeerOutput[]) => void;
}

/** The data path as seen from the main thread: a thread that forwards packets and answers requests. */
export class DataPath {
  readonly #thread: Thread<DataPathNote>;
  readonly #peaks = {
    round: new RecentMaximum(PEAK_WINDOW_MS),
    up: new RecentMaximum(PEAK_WINDOW_MS),
    down: new RecentMaximum(PEAK_WINDOW_MS),
  } as const;

  private constructor(thread: Thread<DataPathNote>) {
    this.#thread = thread;
  }

  /**
   * Starts the thread on an open TUN device, which the caller still owns. Rejects if the engine refuses its configuration.
   *
   * @param onDrained called when everything has drained
   * @param bans in effect before the first packet
   */
  static async start(
    tun: Tun,
    engine: Nat64Config,
    peerExits?: PeerExitsPart,
    onDrained: (progress: DrainProgress) => void = () => {},
    bans: BanLists = { clients: [], destinations: [] },
  ): Promise<DataPath> {
    const wakeUp = openEventFd();
    const options: DataPathOptions = {
      engine,
      tun: tun.handle,
      eventFd: wakeUp.fd,
      bans,
      ...(peerExits !== undefined && { peerExits: peerExits.options }),
    };
    const thread = await Thread.start<DataPathNote>({
      script: new URL("../worker-thread/worker.js", import.meta.url),
      name: "data path",
      options,
      wakeUp,
      startTimeout: ENGINE_TIMEOUT_MS,
      onNote: (note) => {
        if (note.type === "drained") onDrained(note.progress);
        else peerExits?.onOutputs(note.outputs);
      },
    });
    return new DataPath(thread);
  }

  /** Resolves when the thread has ended: with nothing after {@link DataPath.stop}, with the error if it failed. */
  get ended(): Promise<Error | undefined> {
    return this.#thread.ended;
  }

  /** The counters since the start. */
  async counters(): Promise<DataPathCounters> {
    const counters = (await this.#ask({ type: "counters" })) as DataPathCounters;
    return this.#withRecentPeaks(counters, performance.now());
  }

  /**
   * Reads the next `limit` records of the session table; {@link SessionSlice} says where to continue.
   */
  async sessions(from: number, limit: number): Promise<SessionSlice> {
    return (await this.#ask({ type: "sessions", from, limit })) as SessionSlice;
  }

  /**
   * Replaces the engine by one with another configuration, between two rounds. Resolves when all sessions have migrated to
   * it. Prefixes and `tables.sessions` must not change.
   */
  async reconfigure(engine: Nat64Config): Promise<Reconfigured> {
    const before = await this.counters();
    const problem = (await this.#ask({ type: "reconfigure", engine }, ENGINE_TIMEOUT_MS)) as string | null;
    if (problem !== null) return { accepted: false, problem };
    for (;;) {
      const after = await this.counters();
      const sessionsLost = after.engine.sessionsLost - before.engine.sessionsLost;
      if (!after.isMigrating) return { accepted: true, sessionsLost };
      await setTimeout(MIGRATION_POLL_MS);
    }
  }

  /** Replaces all bans of clients and destinations. They are in effect when this resolves; sessions end soon after. */
  async ban(bans: BanLists): Promise<void> {
    await this.#ask({ type: "ban", bans });
  }

  /** Passes news from the coordinator or the operator to the peer exits. */
  async updatePeerExits(news: CoordinatorNews): Promise<void> {
    await this.#ask({ type: "coordinator", news });
  }

  /** Sets the bandwidth limits; no limit if left out. */
  async setBandwidth(order?: BandwidthOrder): Promise<void> {
    await this.#ask({ type: "set-bandwidth", ...(order !== undefined && { order }) });
  }

  /** The bandwidth counters; `undefined` if bandwidth is neither limited nor counted. */
  async bandwidth(): Promise<BandwidthCounters | undefined> {
    return (await this.#ask({ type: "bandwidth" })) as BandwidthCounters | undefined;
  }

  /** What clients used of their shares today. */
  async shares(): Promise<SavedShares> {
    return (await this.#ask({ type: "shares" })) as SavedShares;
  }

  /** The changes of port blocks since the last request, and the blocks that are owned. */
  async blocks(question: BlockQuestion): Promise<BlockReport> {
    return (await this.#ask({ type: "blocks", ...question })) as BlockReport;
  }

  /** The state of the peer exits. Rejects if there are none. */
  async peerExits(): Promise<PeerExitsStatus> {
    return (await this.#ask({ type: "peer-exits" })) as PeerExitsStatus;
  }

  /** Starts or cancels a drain, if an order is given, and returns the state of all drains. */
  async drain(order?: DrainOrder): Promise<DrainView> {
    return (await this.#ask({ type: "drain", ...(order !== undefined && { order }) })) as DrainView;
  }

  /** Stops the thread after its current round. A thread that does not answer is terminated. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }

  /** The thread resets its peaks with each answer, but metrics, status and status page ask independently. */
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
