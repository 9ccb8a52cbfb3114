/** Messages between the main thread and the data path's thread about peer exits. They survive structured cloning. */

import type { ExitData } from "@nat64/nat64-engine";
import type { UdpHandle } from "@nat64/packet-io/udp";
import type { ExitDescription, RegistrationState, SelectorRecord, V6PeerSettings } from "@nat64/peer-machines";
import type { Message } from "@nat64/peer-protocol";

/** Options of the peer exits in the data path's thread. */
export interface PeerExitsOptions {
  /** File with the identity's key. */
  readonly identity: string;
  /** The /80. */
  readonly prefix: string;
  /** Whether special-purpose addresses count as global. */
  readonly lab: boolean;
  readonly settings: V6PeerSettings;
  readonly selectors: readonly SelectorRecord[];
  /** The built-in relay; left out, packets to Teredo addresses go to the kernel. */
  readonly relay?: RelayOptions;
}

/** Options of the built-in relay. */
export interface RelayOptions {
  readonly udp: UdpHandle;
  /** Public IPv4 address, as seen by others. The port is the socket's. */
  readonly address: string;
  /** Prefixes that it serves in addition to the /80. */
  readonly serves: readonly string[];
}

/** News from the coordinator: the state of the connection, messages, changed settings. */
export type CoordinatorNews =
  | { readonly type: "opened" }
  | { readonly type: "lost" }
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "settings"; readonly settings: V6PeerSettings };

/** The state of the peer exits, for status and metrics. */
export interface PeerExitsStatus {
  readonly registration: RegistrationState;
  readonly exits: readonly (ExitDescription & { readonly sessions: number })[];
  /** Whether data comes back through the local exit. */
  readonly localData?: ExitData;
  /** Bytes of clients through all exits since the start, including removed exits. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Invalid probes, by fault. */
  readonly probeFaults: Readonly<Record<string, number>>;
  readonly relay?: RelayStatus;
}

/** State and counters of the built-in relay since the start. */
export interface RelayStatus {
  readonly peers: number;
  readonly queuedBytes: number;
  /** Forwarded packets without bubbles; a super-packet counts as one. */
  readonly packetsToTeredo: number;
  readonly packetsFromTeredo: number;
  readonly bubblesSent: number;
  readonly errorsSent: number;
  readonly mappingsMoved: number;
  /** Drops by stable code. Each packet of a super-packet counts if the client is not known yet. */
  readonly drops: Readonly<Record<string, number>>;
  readonly socketErrors: Readonly<Record<string, number>>;
}
