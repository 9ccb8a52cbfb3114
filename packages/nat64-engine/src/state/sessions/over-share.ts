import type { SessionCrowd } from "./session-crowd.ts";
import type { SessionLifecycle } from "./session-lifecycle.ts";

/** The oldest sessions of the largest group that are looked at for one packet. */
const LOOKED_AT = 16;
/** A network that has no more than these gives none of them up. */
const KEPT = 32;

/** Who needs room. */
export interface Requester {
  /** A keyed hash of the client's /48: `BindingTable.networkOf`. */
  readonly network: number;
  /** The second word of its addresses. */
  readonly low: number;
}

/**
 * The choice of a session that a client over its share gives up for one that is under it: from the largest group of networks,
 * if that has more than the group of the client in need; inside the client's own group, from a larger /64. Of the sessions that
 * joined first, the one goes that has been idle the longest, and the others get to the end of the line.
 */
export class OverShare {
  readonly #crowd: SessionCrowd;
  readonly #life: SessionLifecycle;

  constructor(crowd: SessionCrowd, life: SessionLifecycle) {
    this.#crowd = crowd;
    this.#life = life;
  }

  /**
   * The session that gives way, or −1.
   *
   * @param time milliseconds, int32 that wraps
   */
  choose({ network, low }: Requester, time: number): number {
    const crowd = this.#crowd;
    const largest = crowd.largestGroup;
    if (largest < 0) return -1;
    const own = crowd.groupOf(network);
    const isOther = crowd.countOf(largest) > Math.max(KEPT, crowd.countOf(own) + 1);
    const group = isOther ? largest : own;
    let size = isOther ? 0 : Math.max(KEPT, crowd.countOfNetwork(network, low) + 1);
    let chosen = -1;
    let idle = 0;
    let session = crowd.oldestOf(group);
    for (let i = 0; i < LOOKED_AT && session >= 0; i++) {
      const count = crowd.countOfNetworkOf(session);
      const since = (time - this.#life.usedAt(session)) | 0;
      if (count > size || (count === size && chosen >= 0 && since > idle)) {
        chosen = session;
        size = count;
        idle = since;
      }
      session = crowd.newerOf(session);
    }
    // The next packet looks at others.
    session = crowd.oldestOf(group);
    for (let i = 0; i < LOOKED_AT && session >= 0; i++) {
      const newer = crowd.newerOf(session);
      if (session !== chosen) crowd.renew(session);
      session = newer;
    }
    return chosen;
  }
}
