/** Hold-off: for a while two peers are not proposed to each other. */
import type { Context } from "../../context.ts";
import { TIMES } from "../../limits/times.ts";
import type { HoldOff } from "../../state/hold-offs.ts";
import type { V4Peer, V6Peer } from "../../state/peer.ts";

/** Starts a hold-off, or restarts the one of these two. A full table drops its oldest. */
export function startHoldOff(context: Context, v6: V6Peer, v4: V4Peer, milliseconds: number): void {
  const { state, timers, now, options } = context;
  const { oldest } = state.holdOffs;
  if (state.holdOffs.size >= options.limits.pairs && oldest !== undefined) {
    state.holdOffs.remove(oldest);
    timers.cancel("hold-off", oldest);
  }
  timers.set("hold-off", state.holdOffs.add(v6, v4), now + Math.min(milliseconds, TIMES.maxHoldOffMs));
}

/** Its time is over: the IPv6 peer may get the IPv4 peer again. */
export function endHoldOff({ state }: Context, holdOff: HoldOff): void {
  state.holdOffs.remove(holdOff);
  const peer = state.peers.find(holdOff.v6);
  if (peer?.role === "v6peer") state.peers.toMatch.add(peer);
}
