/** Whether a peer may make a change that others are told. */
import { type ErrorMessage, type MessageType, makeError } from "@nat64/peer-protocol";
import type { Context } from "../../context.ts";
import { CHANGE_RETRY_SECONDS } from "../../limits/changes.ts";
import type { Pair } from "../../state/pair.ts";
import type { Peer } from "../../state/peer.ts";

/**
 * Counts a change of a peer, or of one end of a pair. Returns the error to answer with if there were too many; nothing may
 * be changed then.
 */
export function refuseChange(
  context: Context,
  peer: Peer,
  regarding: MessageType,
  pair?: Pair,
): ErrorMessage | undefined {
  const limiter = pair === undefined ? peer.changes : pair.changes[peer.role];
  if (limiter.allow(context.now) && context.rates.changes.allow(context.now)) return undefined;
  context.counters.changesRefused++;
  const about = pair === undefined ? {} : { pair: pair.id };
  return makeError("too-fast", { regarding, ...about, retryAfter: CHANGE_RETRY_SECONDS });
}
