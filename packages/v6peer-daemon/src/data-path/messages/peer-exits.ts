/** What the main thread and the data path's thread tell each other about peer exits. It survives structured cloning. */

import type { UdpHandle } from "@nat64/packet-io/udp";
import type { ExitDescription, RegistrationState, SelectorRecord, V6PeerSettings } from "@nat64/peer-machines";
import type { Message } from "@nat64/peer-protocol";

/** What the thread's half starts with. */
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

/** The built-in relay's part. */
export interface RelayOptions {
  readonly udp: UdpHandle;
  /** Public IPv4 address, as others see it; the port is the socket's. */
  readonly address: string;
  /** Prefixes that it works for besides the /80. */
  readonly serves: readonly string[];
}

/** What the coordinator says, and whether it is there. */
export type CoordinatorNews =
  | { readonly type: "opened" }
  | { readonly type: "lost" }
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "settings"; readonly settings: V6PeerSettings };

/** The state of everything, for people and metrics. */
export interface PeerExitsStatus {
  readonly registration: RegistrationState;
  readonly exits: readonly (ExitDescription & { readonly sessions: number })[];
  /** Bytes of clients through all exits since the start, those that are gone with them. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Probes that did not count, by fault. */
  readonly probeFaults: Readonly<Record<string, number>>;
  readonly relay?: RelayStatus;
}

/** Numbers of the built-in relay, since start. */
export interface RelayStatus {
  readonly peers: number;
  readonly queuedBytes: number;
  /** Packets that were carried, bubbles aside; a super-packet is one. */
  readonly packetsToTeredo: number;
  readonly packetsFromTeredo: number;
  readonly bubblesSent: number;
  readonly errorsSent: number;
  readonly mappingsMoved: number;
  /** By stable code; of a super-packet to a client that is not known yet each packet. */
  readonly drops: Readonly<Record<string, number>>;
  readonly socketErrors: Readonly<Record<string, number>>;
}
