/**
 * How proposals and pairs end. The reasons are in `peer-protocol/src/messages/reasons/`: `unpair-reasons.ts` for pairs,
 * `decline-reasons.ts` for proposals.
 */
import type { DECLINE_REASONS, UNPAIR_REASONS } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import type { ProposalFate } from "../../state/counters.ts";
import type { Pair } from "../../state/pair.ts";
import type { Peer } from "../../state/peer.ts";
import { startHoldOff } from "./hold-off.ts";
import { endUp } from "./stable-path.ts";

/** Who ended it, and the sentence that goes with it. */
export interface Cause {
  /** The end that ended it; it is not told. */
  readonly by?: Peer;
  readonly message?: string | undefined;
}

/** How a proposal ends. */
export interface ProposalEnd extends Cause {
  /** Sent to the ends. A `reason` of a newer protocol version is passed on unchanged. */
  readonly reason: keyof typeof DECLINE_REASONS | (string & {});
  /** How it is counted. */
  readonly fate: Exclude<ProposalFate, "agreed">;
  /** How long the two are not proposed to each other again, in milliseconds; by default see {@link keepApartIfYoung}. */
  readonly holdOffMs?: number;
}

/** The end of a proposal whose peer has gone. */
export const GONE: ProposalEnd = { reason: "gone", fate: "gone" };

/**
 * Ends a pair by `unpair`, or a proposal as {@link GONE}. A `reason` of a newer protocol version is passed on unchanged.
 */
export function endPair(
  context: Context,
  pair: Pair,
  reason: keyof typeof UNPAIR_REASONS | (string & {}),
  cause: Cause = {},
): void {
  if (pair.state !== "live") {
    endProposal(context, pair, { ...GONE, ...cause });
    return;
  }
  removePair(context, pair);
  keepApartIfYoung(context, pair);
  const { by, message } = cause;
  for (const end of [pair.v6, pair.v4]) {
    if (end === by) continue;
    context.send(end.connection, { type: "unpair", pair: pair.id, reason, ...(message !== undefined && { message }) });
  }
  context.log("info", "pair ended", pair.v6, { pair: pair.id, reason });
}

/** Ends all pairs and proposals of a peer. */
export function endPairs(
  context: Context,
  peer: Peer,
  reason: keyof typeof UNPAIR_REASONS | (string & {}),
  cause: Cause = {},
): void {
  for (const pair of context.state.pairs.of(peer)) endPair(context, pair, reason, cause);
}

/** Ends a proposal, or a pair that an end declines after `accept`, by `decline`. */
export function endProposal(context: Context, pair: Pair, { reason, fate, holdOffMs, ...cause }: ProposalEnd): void {
  removePair(context, pair);
  // A live pair was counted when it was agreed on.
  if (pair.state !== "live") context.counters.proposals[fate]++;
  if (holdOffMs !== undefined) startHoldOff(context, pair.v6, pair.v4, holdOffMs);
  else keepApartIfYoung(context, pair);
  const { by, message } = cause;
  // The IPv4 peer hears of a proposal with `offer`.
  for (const end of pair.state === "proposed" ? [pair.v6] : [pair.v6, pair.v4]) {
    if (end === by) continue;
    context.send(end.connection, {
      type: "decline",
      pair: pair.id,
      reason,
      ...(message !== undefined && { message }),
      ...(holdOffMs !== undefined && { retryAfter: Math.round(holdOffMs / 1000) }),
    });
  }
}

/** Without this, a peer that comes and goes could cause others to receive proposals without end. */
function keepApartIfYoung(context: Context, { v6, v4, madeAt }: Pair): void {
  if (context.now - madeAt >= TIMES.youngPairMs || context.state.holdOffs.has(v6, v4)) return;
  startHoldOff(context, v6, v4, TIMES.minHoldOffMs);
}

/** Removes a pair from every table, with its timers. */
function removePair(context: Context, pair: Pair): void {
  const { state, timers } = context;
  endUp(context, pair);
  state.pairs.remove(pair);
  timers.cancel("answer", pair);
  timers.cancel("fresh-address", pair);
  timers.cancel("dead-exit", pair);
  timers.cancel("drain", pair);
  state.peers.toMatch.add(pair.v6).add(pair.v4);
}
