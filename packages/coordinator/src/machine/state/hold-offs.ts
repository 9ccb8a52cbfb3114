/** Which two peers are not proposed to each other for now. */
import type { V4Peer, V6Peer } from "./peer.ts";

/** Two peers, by id: they may be forgotten before the hold-off ends. */
export interface HoldOff {
  readonly v6: string;
  readonly v4: string;
}

export class HoldOffs {
  /** In the order in which they were added. */
  readonly #byPeers: Map<string, HoldOff> = new Map();

  get size(): number {
    return this.#byPeers.size;
  }

  /** The one that was added first. */
  get oldest(): HoldOff | undefined {
    for (const holdOff of this.#byPeers.values()) return holdOff;
    return undefined;
  }

  has(v6: V6Peer, v4: V4Peer): boolean {
    return this.#byPeers.has(keyOf({ v6: v6.id, v4: v4.id }));
  }

  /** The hold-off of these two, added if there is none. */
  add(v6: V6Peer, v4: V4Peer): HoldOff {
    const key = keyOf({ v6: v6.id, v4: v4.id });
    const holdOff = this.#byPeers.get(key) ?? { v6: v6.id, v4: v4.id };
    this.#byPeers.set(key, holdOff);
    return holdOff;
  }

  remove(holdOff: HoldOff): void {
    this.#byPeers.delete(keyOf(holdOff));
  }
}

/** Peer ids contain no space. */
function keyOf({ v6, v4 }: HoldOff): string {
  return `${v6} ${v4}`;
}
