/** Counters by bounded names: nothing that a remote host sends becomes a name. */
import { ERROR_CODES, type ErrorCode, GOODBYE_REASONS, MESSAGES, type MessageType } from "@nat64/peer-protocol";

/**
 * Why a connection is gone that the machine did not close: it broke, or the driver cut it off because the peer did not
 * read or because its unfinished frame took up memory for too long.
 */
export type LossReason = "lost" | "not-reading" | "unfinished-frame";

/** Why the machine closed a connection of a stranger, and that a peer said goodbye. */
type OwnReason = "no-room" | "crowded-out" | "no-handshake" | "no-hello" | "by-peer";

/** Why a connection ended. */
export type CloseReason = keyof typeof GOODBYE_REASONS | LossReason | OwnReason;

/** The outcome of a bubble that the Teredo server accepted. The last three were dropped by a rate limit. */
export type BubbleFate =
  | "passed-on"
  | "unknown-address"
  | "peer-not-connected"
  | "flow-rate"
  | "source-rate"
  | "target-rate";

/** The outcome of a proposal. */
export type ProposalFate = "agreed" | "declined" | "timeout" | "gone";

/** How an IPv4 peer fails its IPv6 peer: it does not accept what it said it wants, or the IPv6 peer ends the pair for this reason. */
export type ExitFailure = "no-accept" | "path-never-up" | "path-unstable" | "no-data";

/** Counters of a coordinator. They only grow. */
export interface Counters {
  readonly messagesIn: Record<MessageType, number>;
  readonly messagesOut: Record<MessageType, number>;
  /** Errors sent. */
  readonly errors: Record<ErrorCode, number>;
  connectionsOpened: number;
  readonly connectionsClosed: Record<CloseReason, number>;
  challenges: number;
  proofDatagrams: number;
  prefixesProven: number;
  prefixesLost: number;
  mappingsProven: number;
  /** Changes that were refused because there were too many. */
  changesRefused: number;
  /** Router Solicitations whose authentication failed. */
  solicitationsRefused: number;
  /** Each proposal is counted once, when it is agreed on or ends. */
  readonly proposals: Record<ProposalFate, number>;
  /** Failures of IPv4 peers, after which they are not proposed to the same IPv6 peer for a while. */
  readonly exitFailures: Record<ExitFailure, number>;
  pairsResumed: number;
  freshAddresses: number;
  readonly bubbles: Record<BubbleFate, number>;
}

export function makeCounters(): Counters {
  const types = Object.keys(MESSAGES) as MessageType[];
  return {
    messagesIn: zeros(types),
    messagesOut: zeros(types),
    errors: zeros(Object.keys(ERROR_CODES) as ErrorCode[]),
    connectionsOpened: 0,
    connectionsClosed: zeros<CloseReason>([
      ...(Object.keys(GOODBYE_REASONS) as (keyof typeof GOODBYE_REASONS)[]),
      "no-room",
      "crowded-out",
      "no-handshake",
      "no-hello",
      "by-peer",
      "lost",
      "not-reading",
      "unfinished-frame",
    ]),
    challenges: 0,
    proofDatagrams: 0,
    prefixesProven: 0,
    prefixesLost: 0,
    mappingsProven: 0,
    changesRefused: 0,
    solicitationsRefused: 0,
    proposals: zeros<ProposalFate>(["agreed", "declined", "timeout", "gone"]),
    exitFailures: zeros<ExitFailure>(["no-accept", "path-never-up", "path-unstable", "no-data"]),
    pairsResumed: 0,
    freshAddresses: 0,
    bubbles: zeros<BubbleFate>([
      "passed-on",
      "unknown-address",
      "peer-not-connected",
      "flow-rate",
      "source-rate",
      "target-rate",
    ]),
  };
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
