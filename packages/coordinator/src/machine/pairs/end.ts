/** How proposals and pairs end. */
import type { DECLINE_REASONS, UNPAIR_REASONS } from "@nat64/peer-protocol";
import type { Context } from "../context.ts";
import type { ProposalFate } from "../counters.ts";
import { TIMES } from "../limits/limits.ts";
import type { Peer } from "../peers/peer.ts";
import { keepApart } from "./apart.ts";
import type { Pair } from "./pair.ts";

/** Who ended it, and what that one had to say. */
export interface Cause {
  /** This end knows already. */
  readonly by?: Peer;
  readonly message?: string | undefined;
}

/** Ends a pair that was agreed on. A `reason` of a newer version is passed on as it is. */
export function endPair(
  context: Context,
  pair: Pair,
  reason: keyof typeof UNPAIR_REASONS | (string & {}),
  { by, message }: Cause = {},
): void {
  removePair(context, pair);
  if (pair.state !== "live") {
    tellDeclined(context, pair, "gone", { ...(by && { by }), message });
    return;
  }
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
  for (const pair of [...peer.pairs.values()]) endPair(context, pair, reason, cause);
}

/** Ends a proposal; the two are not proposed to each other again before `retry` milliseconds. */
export function dropProposal(
  context: Context,
  pair: Pair,
  reason: keyof typeof DECLINE_REASONS | (string & {}),
  cause: Cause = {},
  retry: number = TIMES.retry,
): void {
  removePair(context, pair);
  context.counters.proposals[fateOf(reason)]++;
  if (reason !== "gone") keepApart(context, pair.v6, pair.v4, retry);
  tellDeclined(context, pair, reason, cause, retry);
}

/** Takes a pair out of all tables. */
function removePair(context: Context, pair: Pair): void {
  const { state, timers } = context;
  state.pairs.delete(pair.id);
  if (pair.address !== undefined) state.addresses.delete(pair.address);
  timers.cancel(`answer ${pair.id}`);
  timers.cancel(`fresh ${pair.id}`);
  timers.cancel(`dead ${pair.id}`);
  timers.cancel(`drain ${pair.id}`);
  for (const end of [pair.v6, pair.v4]) {
    end.pairs.delete(pair.id);
    state.unsettled.add(end);
  }
}

/** The IPv4 peer knows of a pair once it got the offer. */
function tellDeclined(context: Context, pair: Pair, reason: string, { by, message }: Cause, retry?: number): void {
  for (const end of pair.state === "proposed" ? [pair.v6] : [pair.v6, pair.v4]) {
    if (end === by) continue;
    context.send(end.connection, {
      type: "decline",
      pair: pair.id,
      reason,
      ...(message !== undefined && { message }),
      ...(retry !== undefined && reason !== "gone" && { retryAfter: Math.round(retry / 1000) }),
    });
  }
}

function fateOf(reason: string): ProposalFate {
  if (reason === "timeout" || reason === "gone") return reason;
  return "declined";
}
