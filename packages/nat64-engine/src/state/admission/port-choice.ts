import type { ExitChoice } from "../../exits/choose-exit.ts";
import { NO_EXIT } from "../../exits/peer-exits.ts";
import type { Ports } from "../ports/ports.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import type { SessionLife } from "../sessions/session-life.ts";

/** The exit part of a BIB key when the client left the choice to us. */
export const AUTOMATIC = 0;

/** No exit takes the client. */
export const NO_EXIT_FOUND = -2;

/**
 * Milliseconds after which a closed connection has nothing on its way any more that would be missed: the last segments
 * were sent again twice (RFC 6298 §2, §5.5: after 1 and 2 s). A younger mapping is taken back only when nothing else is left.
 */
const SETTLED_AFTER = 4000;

/**
 * Finds a port for a new BIB entry, on an exit that may have it: free ones first, then those of TCP mappings that are
 * closed (RFC 6888 REQ-8 A: ports of TCP may be given out again at once by a NAT that tracks its sessions).
 */
export class PortChoice {
  readonly #ports: Ports;
  readonly #exits: ExitChoice;
  readonly #life: SessionLife;

  constructor(ports: Ports, exits: ExitChoice, life: SessionLife) {
    this.#ports = ports;
    this.#exits = exits;
    this.#life = life;
  }

  /**
   * Takes a port of the exit that the client is pinned to, or that is chosen for it. A client keeps its exit while it has
   * mappings there; when that has no port left, any other will do.
   *
   * @param client record of its /64, which somebody uses @param source the client's address
   * @param protocol {@link ProtocolIndex} @param pinned an exit, or {@link AUTOMATIC}
   * @param wanted the client's own port @param time milliseconds, int32 that wraps
   * @returns its slot, −1 when there is none, or {@link NO_EXIT_FOUND}
   */
  take(client: number, source: Int32Array, protocol: number, pinned: number, wanted: number, time: number): number {
    if (pinned !== AUTOMATIC) {
      const slot = this.#ports.allocate(client, protocol, pinned, wanted);
      return slot >= 0 ? slot : this.#takeClosed(client, protocol, pinned, wanted, time);
    }
    const kept = this.#ports.exitOf(client);
    const exit = kept >= 0 && this.#exits.mayStay(kept) ? kept : this.#exits.choose(source[0], source[1]);
    if (exit === NO_EXIT) return NO_EXIT_FOUND;
    let slot = this.#ports.allocate(client, protocol, exit, wanted);
    if (slot < 0) slot = this.#takeClosed(client, protocol, exit, wanted, time - SETTLED_AFTER);
    for (let other = 0; slot < 0 && other < this.#ports.exits; other++) {
      if (other !== exit && this.#exits.mayStay(other)) slot = this.#ports.allocate(client, protocol, other, wanted);
    }
    if (slot < 0) slot = this.#takeClosed(client, protocol, exit, wanted, time);
    for (let other = 0; slot < 0 && other < this.#ports.exits; other++) {
      if (other !== exit && this.#exits.mayStay(other)) {
        slot = this.#takeClosed(client, protocol, other, wanted, time);
      }
    }
    return slot;
  }

  #takeClosed(client: number, protocol: number, exit: number, wanted: number, latest: number): number {
    if (protocol !== ProtocolIndex.tcp || !this.#life.takeBackPort(exit, latest)) return -1;
    return this.#ports.allocate(client, protocol, exit, wanted);
  }
}
