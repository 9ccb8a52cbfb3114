/** What the main thread and the data path's thread tell each other. All of it survives structured cloning. */
import type { Nat64Config, TrafficCounters } from "@nat64/nat64-engine";
import type { IoCounters } from "@nat64/packet-io/descriptor";
import type { V6PeerOutput } from "@nat64/peer-machines";
import type { TunHandle } from "@nat64/tun";
import type { BlockQuestion } from "./audit-log.ts";
import type { BandwidthCounters, BandwidthOrder } from "./bandwidth.ts";
import type { DrainOrder, DrainProgress } from "./draining.ts";
import type { CoordinatorNews, PeerExitsOptions } from "./peer-exits.ts";

/** What the thread starts with. */
export interface DataPathOptions {
  readonly engine: Nat64Config;
  readonly tun: TunHandle;
  /** Wakes the thread when a message waits. */
  readonly eventFd: number;
  /** Left out, there are no peer exits. */
  readonly peerExits?: PeerExitsOptions;
}

/** A question to the thread; every one is answered. */
export type DataPathRequest =
  | { readonly id: number; readonly type: "counters" }
  | { readonly id: number; readonly type: "sessions"; readonly from: number; readonly limit: number }
  /** Answered with what is wrong with it, or null. */
  | { readonly id: number; readonly type: "reconfigure"; readonly engine: Nat64Config }
  | { readonly id: number; readonly type: "coordinator"; readonly news: CoordinatorNews }
  | { readonly id: number; readonly type: "peer-exits" }
  /** Answered with a `BlockReport`. */
  | ({ readonly id: number; readonly type: "blocks" } & BlockQuestion)
  /** Left out, there is no limit and nothing is counted. */
  | { readonly id: number; readonly type: "set-bandwidth"; readonly order?: BandwidthOrder }
  /** Answered with `BandwidthCounters`, or nothing when nothing is counted. */
  | { readonly id: number; readonly type: "bandwidth" }
  /** Answered with a `DrainView`, after the order. */
  | { readonly id: number; readonly type: "drain"; readonly order?: DrainOrder };

/** What became of a new configuration. Refused, the engine of before goes on as if nothing had been asked. */
export type Reconfigured =
  | {
      readonly accepted: true;
      /**
       * Sessions that did not go on: those whose static binding is gone or came into their way, those without room in
       * the table of clients, and those of inbound SYNs whose store has another size now.
       */
      readonly sessionsLost: number;
    }
  | { readonly accepted: false; readonly problem: string };

/** What the thread says of itself. */
export type DataPathNote =
  | { readonly type: "peer"; readonly outputs: readonly V6PeerOutput[] }
  /** Everything has drained. */
  | { readonly type: "drained"; readonly progress: DrainProgress };

/** Numbers of the data path; counts are since start. */
export interface DataPathCounters {
  readonly engine: EngineCounters;
  /** Whether sessions are still being taken over from the configuration of before. */
  readonly isMigrating: boolean;
  /** Absent when bandwidth is neither limited nor counted. */
  readonly bandwidth?: BandwidthCounters;
  readonly tun: IoCounters;
  readonly loop: LoopCounters;
}

/** The engine's counters (see `Counters` of the engine), drops by stable code. */
export interface EngineCounters extends TrafficCounters {
  readonly icmpErrorsSuppressed: number;
  readonly sessionsCreated: number;
  readonly sessionsExpired: number;
  /** Sessions that a new configuration had no place for. */
  readonly sessionsLost: number;
  readonly sessions: number;
  readonly bindings: number;
  /** Prefixes with state that clients come from: /64, /56 and /48 together, so that one client may count three times. */
  readonly clientPrefixes: number;
  readonly fragmentedPackets: number;
  readonly heldPackets: number;
  readonly drops: Readonly<Record<string, number>>;
}

/** How busy the data path's thread is. */
export interface LoopCounters {
  /** Times that it came back from waiting. */
  readonly wakeUps: number;
  /** Batches read from the TUN device. */
  readonly batches: number;
  /** Times that timers were let act. */
  readonly advances: number;
  /** Milliseconds that it did not wait. */
  readonly busyMilliseconds: number;
  /** The longest that one round took, in milliseconds, in the last one to two minutes. */
  readonly longestRoundMilliseconds: number;
}
