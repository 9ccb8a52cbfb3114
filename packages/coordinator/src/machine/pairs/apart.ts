/** Peers that are not to be proposed to each other for a while. */
import type { Context } from "../context.ts";
import type { V4Peer, V6Peer } from "../peers/peer.ts";

/** Longest time, in milliseconds: an hour, so that nobody fills the table for long. */
const LONGEST = 3_600_000;

export function keepApart(
  { state, timers, now, options }: Context,
  v6: V6Peer,
  v4: V4Peer,
  milliseconds: number,
): void {
  const key = keyOf(v6, v4);
  const [oldest] = state.apart;
  if (state.apart.size >= options.limits.pairs && oldest !== undefined) {
    state.apart.delete(oldest);
    timers.cancel(`apart ${oldest}`);
  }
  state.apart.add(key);
  timers.set(`apart ${key}`, now + Math.min(milliseconds, LONGEST), () => {
    state.apart.delete(key);
    const peer = state.v6peers.get(v6.id);
    if (peer !== undefined) state.unsettled.add(peer);
  });
}

export function areApart({ state }: Context, v6: V6Peer, v4: V4Peer): boolean {
  return state.apart.has(keyOf(v6, v4));
}

function keyOf(v6: V6Peer, v4: V4Peer): string {
  return `${v6.id} ${v4.id}`;
}
