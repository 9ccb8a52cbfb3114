/** A sans-IO NAT64: stateful (RFC 6146) and stateless (RFC 7915) translation between IPv6 and IPv4. */

export type { EngineOptions } from "./assemble/engine-options.ts";
export {
  type BlockEvent,
  BlockRecorder,
  type BlockReport,
  readBlockEvents,
} from "./audit/block-events.ts";
export { type BanLists, type Bans, MAX_BANS } from "./bans/bans.ts";
export { createBatch, GsoType, HEADROOM, type PacketBatch, RESERVE, VirtioFlag } from "./batch.ts";
export type {
  ClientCaps,
  CommonConfig,
  ExitConfig,
  Nat64Config,
  PoolRange,
  StatefulConfig,
  StatelessConfig,
  StaticBinding,
  TableConfig,
  TimerConfig,
} from "./config/config.ts";
export { ConfigError } from "./config/config-error.ts";
export { createEngine } from "./create-engine.ts";
export { describeReason, Reason, type ReasonCode, reasonCode } from "./drop-reasons.ts";
export type { DataKindName } from "./exits/data/data-class.ts";
export type { ExitData, FlowShares } from "./exits/data/exit-data.ts";
export type { Drains } from "./exits/drains.ts";
export { ExitPolicy, type ExitPolicyRow, MAX_POLICY_ROWS } from "./exits/exit-policy.ts";
export { ExitRules, type ExitRulesConfig } from "./exits/exit-rules.ts";
export { type ExitPair, MAX_PAIRS, NO_PAIR, type Pairs } from "./exits/pairs.ts";
export {
  LOCAL_EXIT,
  MAX_PAIR_PORTS,
  MAX_PEER_EXITS,
  NO_EXIT,
  PAIR_PORTS,
  type PeerExit,
  type PeerExits,
} from "./exits/peer-exits.ts";
export { MAX_REFUSED_ROWS } from "./exits/refused-destinations.ts";
export { finishChecksum } from "./finish-checksum.ts";
export type { Counters, Nat64Engine } from "./nat64.ts";
export type { Nat64Pipeline } from "./pipeline/pipeline.ts";
export type { SessionRecord, SessionSlice, TransportAddress } from "./session-record.ts";
export { createNat64, type EmittedPacket, Nat64, type Outcome } from "./simple.ts";
export { BLOCK_PORTS } from "./state/ports/pool-address.ts";
export { readTraffic, type TrafficCounters } from "./traffic-counters.ts";
