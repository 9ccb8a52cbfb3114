/** Messages between the main thread and the data path's thread. They survive structured cloning. */
import type { BanLists, Nat64Config, TrafficCounters } from "@nat64/nat64-engine";
import type { IoCounters } from "@nat64/packet-io/descriptor";
import type { V6PeerOutput } from "@nat64/peer-machines";
import type { TunHandle } from "@nat64/tun";
import type { BlockQuestion } from "./audit-log.ts";
import type { BandwidthCounters, BandwidthOrder } from "./bandwidth.ts";
import type { DrainOrder, DrainProgress } from "./draining.ts";
import type { CoordinatorNews, PeerExitsOptions } from "./peer-exits.ts";

/** Options of the thread. */
export interface DataPathOptions {
  readonly engine: Nat64Config;
  readonly tun: TunHandle;
  /** Wakes the thread when a message is waiting. */
  readonly eventFd: number;
  /** In effect before the first packet. */
  readonly bans: BanLists;
  /** Left out if there are no peer exits. */
  readonly peerExits?: PeerExitsOptions;
}

/** A request to the thread. Every request is answered. */
export type DataPathRequest =
  | { readonly id: number; readonly type: "counters" }
  | { readonly id: number; readonly type: "sessions"; readonly from: number; readonly limit: number }
  /** Answered with the problem, or null. */
  | { readonly id: number; readonly type: "reconfigure"; readonly engine: Nat64Config }
  /** Replaces all bans of clients and destinations. */
  | { readonly id: number; readonly type: "ban"; readonly bans: BanLists }
  | { readonly id: number; readonly type: "coordinator"; readonly news: CoordinatorNews }
  | { readonly id: number; readonly type: "peer-exits" }
  /** Answered with a `BlockReport`. */
  | ({ readonly id: number; readonly type: "blocks" } & BlockQuestion)
  /** Without an order there is no limit and nothing is counted. */
  | { readonly id: number; readonly type: "set-bandwidth"; readonly order?: BandwidthOrder }
  /** Answered with `BandwidthCounters`, or `undefined` if nothing is counted. */
  | { readonly id: number; readonly type: "bandwidth" }
  /** Answered with what clients used today, as `SavedShares`. */
  | { readonly id: number; readonly type: "shares" }
  /** Answered with a `DrainView`, after the order. */
  | { readonly id: number; readonly type: "drain"; readonly order?: DrainOrder };

/** The result of a new configuration. If it is refused, the previous engine continues unchanged. */
export type Reconfigured =
  | {
      readonly accepted: true;
      /**
       * Sessions that were ended: those of removed static bindings, those whose port a new static binding needs, those
       * whose client has no room in the table of clients, and those of inbound SYNs if their store has changed.
       */
      readonly sessionsLost: number;
    }
  | { readonly accepted: false; readonly problem: string };

/** Messages that the thread sends without a request. */
export type DataPathNote =
  | { readonly type: "peer"; readonly outputs: readonly V6PeerOutput[] }
  /** Everything has drained. */
  | { readonly type: "drained"; readonly progress: DrainProgress };

/** State and counters of the data path since the start. */
export interface DataPathCounters {
  readonly engine: EngineCounters;
  /** Whether sessions are still migrating from the previous configuration. */
  readonly isMigrating: boolean;
  /** Absent if bandwidth is neither limited nor counted. */
  readonly bandwidth?: BandwidthCounters;
  readonly tun: IoCounters;
  readonly loop: LoopCounters;
}

/** The engine's counters (see `Counters` of the engine), drops by stable code. */
export interface EngineCounters extends TrafficCounters {
  readonly icmpErrorsSuppressed: number;
  /** Resets of connections that are not in the table. */
  readonly resetsSent: number;
  readonly resetsSuppressed: number;
  readonly sessionsCreated: number;
  readonly sessionsExpired: number;
  /** Sessions that a new configuration ended. */
  readonly sessionsLost: number;
  /** Sessions that ended early to make room for others. */
  readonly sessionsEvicted: SessionsByClass;
  readonly sessions: number;
  readonly sessionsByClass: SessionsByClass;
  readonly bindings: number;
  /** Client prefixes with state: /64, /56 and /48 together, so one client may count three times. */
  readonly clientPrefixes: number;
  readonly fragmentedPackets: number;
  readonly heldPackets: number;
  readonly drops: Readonly<Record<string, number>>;
}

/** Numbers of sessions by what the two sides have sent; see decision 15. */
export interface SessionsByClass {
  /** Both sides have spoken, and the one that opened it again. */
  readonly settled: number;
  /** The client opened it and has not spoken again after an answer. */
  readonly unconfirmed: number;
  /** An IPv4 endpoint opened it and has not spoken again after an answer. */
  readonly uninvited: number;
  /** TCP connections that are over. */
  readonly closed: number;
}

/** How busy the data path's thread is. */
export interface LoopCounters {
  /** Number of wake-ups. */
  readonly wakeUps: number;
  /** Batches read from the TUN device. */
  readonly batches: number;
  /** Number of runs of the engine's timers. */
  readonly advances: number;
  /** Milliseconds for which it was busy. */
  readonly busyMilliseconds: number;
  /** Duration of the longest round in the last one to two minutes, in milliseconds. */
  readonly longestRoundMilliseconds: number;
}
