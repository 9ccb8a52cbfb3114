/** What the main thread and the data path's thread tell each other. All of it survives structured cloning. */
import type { ExitPolicyRow, TrafficCounters } from "@nat64/nat64-engine";
import type { ShaperCounters } from "@nat64/nat64-engine/shaping";
import type { IoCounters } from "@nat64/packet-io/descriptor";
import type { UdpHandle } from "@nat64/packet-io/udp";
import type { V4PeerCounters, V4PeerEvent, V4PeerStatus } from "@nat64/peer-machines";
import type { ExitPolicy, Message, PortBlock, Welcome } from "@nat64/peer-protocol";
import type { TunHandle } from "@nat64/tun";

/** What the thread starts with. */
export interface DataPathOptions {
  /** Left out: nothing is forwarded. */
  readonly tun?: TunHandle;
  readonly udp: UdpHandle;
  /** Wakes the thread when a message waits. */
  readonly eventFd: number;
  /** File with the private key: signing functions cannot be sent. */
  readonly identityPath: string;
  readonly lab: boolean;
  /** The UDP socket as the uplink sees it. */
  readonly local?: { readonly address: number; readonly port: number };
  /** The first address of the pairs' local network, a word. */
  readonly firstLocal: number;
  readonly policy: ExitPolicy;
  readonly pinnedInternet: boolean;
  readonly published: readonly ExitPolicyRow[];
  /** What `internet` does not allow. */
  readonly refused: readonly ExitPolicyRow[];
  readonly bandwidth?: number;
  readonly blocks: readonly PortBlock[];
  readonly wants: readonly string[];
  readonly onlyWanted: boolean;
  readonly pins: readonly (readonly [string, string])[];
}

/** To the thread. Those with an `id` are answered. */
export type DataPathRequest =
  | { readonly type: "opened"; readonly welcome: Welcome }
  | { readonly type: "lost" }
  | { readonly type: "hear"; readonly message: Message }
  | { readonly type: "drain"; readonly within: number; readonly pair?: string }
  /** This host's networks have changed, or the file. */
  | { readonly type: "refuse"; readonly rows: readonly ExitPolicyRow[] }
  | { readonly type: "unpair"; readonly pair: string }
  | { readonly type: "look"; readonly id: number };

/** What the thread says of itself. */
export type DataPathNote =
  | { readonly type: "say"; readonly message: Message }
  | { readonly type: "event"; readonly event: V4PeerEvent };

/** How the thread is. Counts are since the start. */
export interface DataPathView {
  readonly peer: V4PeerStatus;
  readonly counters: V4PeerCounters;
  readonly engine: EngineView;
  readonly loop: LoopView;
  /** Left out without any limit. */
  readonly shaping?: ShapingView;
  readonly udp: IoCounters;
  readonly tun?: IoCounters;
}

/** The engine's counters, drops by stable code. */
export interface EngineView extends TrafficCounters {
  readonly drops: Readonly<Record<string, number>>;
}

/** What the loop itself counts, for people and metrics. */
export interface LoopView {
  readonly wakeUps: number;
  /** By stable code: the machine's where it has the same reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** Packets that the bandwidth limits let pass, hold back and drop, by where they go. */
export interface ShapingView {
  readonly ipv4: ShaperCounters;
  readonly ipv6: ShaperCounters;
}

/** Datagrams that the forwarder drops before they cost anything, and packets that may not be sent. */
export interface ForwarderDrops {
  malformed: number;
  unknownDestination: number;
  relayNotValidated: number;
  /** Packets for an IPv6 peer to which no validated relay leads. */
  noRelay: number;
}
