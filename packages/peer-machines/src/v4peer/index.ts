/** The machine of an IPv4 peer. */
export { V4_DROP_REASONS, type V4DropReason, type V4PeerCounters } from "./drops.ts";
export type { V4PeerOptions } from "./options.ts";
export type { EventHappened, Forbidden, PairRemoved, PairSet, V4PeerEvent, V4PeerOutput } from "./outputs.ts";
export { choosePortBlocks } from "./pairs/port-blocks.ts";
export { NO_RELAY, ValidatedRelays } from "./relays/validated-relays.ts";
export type { PairStatus, V4PeerStatus } from "./status.ts";
export { V4Peer } from "./v4-peer.ts";
