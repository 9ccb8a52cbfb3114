/** What happened so far, by names that are bounded: nothing that a stranger sends becomes a name. */
import { ERROR_CODES, type ErrorCode, GOODBYE_REASONS, MESSAGES, type MessageType } from "@nat64/peer-protocol";

/**
 * Why a connection is gone of which the machine had not had enough: it broke, or the shell has cut it off because the
 * peer did not read, or had a frame unfinished for too long while memory was short.
 */
export type LossReason = "lost" | "not-reading" | "unfinished-frame";

/** Why a connection ended. */
export type CloseReason = keyof typeof GOODBYE_REASONS | LossReason | "no-room" | "no-hello" | "by-peer";

/** What became of a bubble that the Teredo server let through. */
export type BubbleFate =
  | "passed-on"
  | "unknown-address"
  | "peer-not-connected"
  | "way-rate"
  | "source-rate"
  | "target-rate";

/** What became of a proposal. */
export type ProposalFate = "agreed" | "declined" | "timeout" | "gone";

/** Counters of a coordinator. They only grow. */
export interface Counters {
  readonly messagesIn: Record<MessageType, number>;
  readonly messagesOut: Record<MessageType, number>;
  /** Errors that were sent. */
  readonly errors: Record<ErrorCode, number>;
  connectionsOpened: number;
  readonly connectionsClosed: Record<CloseReason, number>;
  challenges: number;
  proofDatagrams: number;
  prefixesProven: number;
  prefixesLost: number;
  mappingsProven: number;
  /** Router Solicitations whose authentication was not good. */
  solicitationsRefused: number;
  readonly proposals: Record<ProposalFate, number>;
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
    solicitationsRefused: 0,
    proposals: zeros<ProposalFate>(["agreed", "declined", "timeout", "gone"]),
    pairsResumed: 0,
    freshAddresses: 0,
    bubbles: zeros<BubbleFate>([
      "passed-on",
      "unknown-address",
      "peer-not-connected",
      "way-rate",
      "source-rate",
      "target-rate",
    ]),
  };
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
