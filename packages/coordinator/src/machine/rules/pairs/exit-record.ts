/** Keeps the records of an IPv6 peer about its IPv4 peers (`state/exit-records.ts`), and proposes them again in time. */
import type { Context } from "../../context.ts";
import type { ExitFailure } from "../../state/counters.ts";
import type { Candidate } from "../../state/exit-records.ts";
import type { Pair } from "../../state/pair.ts";
import type { V4Peer, V6Peer } from "../../state/peer.ts";

/** Records that an IPv6 peer has at least and at most, however many peers share {@link Limits.exitRecords}. */
const RECORDS_EACH = { least: 64, most: 256 };

/** The reasons in `unpair` with which an IPv6 peer says that the IPv4 peer failed. */
const FAILURES: ReadonlySet<string> = new Set<ExitFailure>(["path-never-up", "path-unstable", "no-data"]);

/** Whether an IPv6 peer that ends a pair for this reason says that the IPv4 peer failed. */
export function isFailure(reason: string): reason is Exclude<ExitFailure, "no-accept"> {
  return FAILURES.has(reason);
}

/** The IPv4 peer did not do what it had agreed to: the two are not proposed to each other for a time that grows. */
export function noteFailure(context: Context, pair: Pair, failure: ExitFailure): void {
  const { v6, v4 } = pair;
  // Its path may have been up all the while: that is no merit.
  pair.upSince = undefined;
  const candidate = candidateOf(v4);
  context.counters.exitFailures[failure]++;
  if (candidate === undefined) return;
  v6.records.noteFailure(candidate, context.now, mostRecords(context));
  awaitRetry(context, v6);
}

/** The path of a pair was up until now. */
export function noteUp(context: Context, { v6, v4 }: Pair, upMs: number): void {
  const candidate = candidateOf(v4);
  if (candidate !== undefined) v6.records.noteUp(candidate, upMs, mostRecords(context));
}

/** Somebody may be proposed again. */
export function retryExits(context: Context, v6: V6Peer): void {
  context.state.peers.toMatch.add(v6);
  awaitRetry(context, v6);
}

/** What the records know an IPv4 peer by. It has a mapping, unless it is not registered any more. */
export function candidateOf({ id, mapping }: V4Peer): Candidate | undefined {
  return mapping === undefined ? undefined : { id, network: mapping.address >>> 8 };
}

function awaitRetry({ timers, now }: Context, v6: V6Peer): void {
  const at = v6.records.nextRetry(now);
  if (at === Number.POSITIVE_INFINITY) timers.cancel("exit-retry", v6);
  else timers.set("exit-retry", v6, at);
}

/** All IPv6 peers have equal shares. */
function mostRecords({ state, options }: Context): number {
  const share = Math.floor(options.limits.exitRecords / Math.max(1, state.peers.v6Count));
  return Math.max(RECORDS_EACH.least, Math.min(RECORDS_EACH.most, share));
}
