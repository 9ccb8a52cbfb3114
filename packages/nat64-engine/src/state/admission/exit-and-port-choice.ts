import type { ExitChoice } from "../../exits/choose-exit.ts";
import { NO_EXIT } from "../../exits/peer-exits.ts";
import type { BindingTable } from "../bib/binding-table.ts";
import type { PortAllocator } from "../ports/port-allocator.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import type { SessionReclaimer } from "../sessions/session-reclaimer.ts";
import type { FairPorts } from "./fair-ports.ts";

/** The exit in a BIB key when the client uses the automatic selector. */
export const AUTOMATIC = 0;

/** No exit accepts the client. */
export const NO_EXIT_FOUND = -2;

/**
 * After so many milliseconds a closed connection has no segment on the way that its ends still need: the last ones were
 * sent again twice (RFC 6298 §2, §5.5: after 1 and 2 s). A younger mapping is ended only when there is no other way.
 */
export const QUIET_AFTER_MS = 4000;

/**
 * Finds a port for a new BIB entry on an exit that accepts it: first a free port, then the port of a closed TCP mapping (RFC 6888
 * REQ-8 A: a NAT that tracks TCP sessions may reuse their ports at once), at last that of a client with more than its share.
 */
export class ExitAndPortChoice {
  readonly #ports: PortAllocator;
  readonly #bindings: BindingTable;
  readonly #exits: ExitChoice;
  readonly #reclaimer: SessionReclaimer;
  readonly #fair: FairPorts;

  constructor(
    ports: PortAllocator,
    bindings: BindingTable,
    exits: ExitChoice,
    reclaimer: SessionReclaimer,
    fair: FairPorts,
  ) {
    this.#ports = ports;
    this.#bindings = bindings;
    this.#exits = exits;
    this.#reclaimer = reclaimer;
    this.#fair = fair;
  }

  /**
   * Takes a port of the exit that the client pinned, or of the exit chosen for it. A client keeps its exit while it has mappings
   * there; when the exit has no port left, another exit is used.
   *
   * @param client record of its /64, which is in use @param source the client's address
   * @param protocol {@link ProtocolIndex} @param pinned an exit, or {@link AUTOMATIC}
   * @param wanted the client's own port @param remote the destination of the packet @param time milliseconds, int32 that wraps
   * @returns its slot, −1 when there is none, or {@link NO_EXIT_FOUND}
   */
  take(
    client: number,
    source: Int32Array,
    protocol: number,
    pinned: number,
    wanted: number,
    remote: number,
    time: number,
  ): number {
    if (pinned !== AUTOMATIC) {
      const slot = this.#ports.allocate(client, protocol, pinned, wanted);
      if (slot >= 0) return slot;
      const closed = this.#takeClosed(client, protocol, pinned, wanted, time);
      return closed >= 0 ? closed : this.#takeFromOthers(client, source, protocol, pinned, wanted, time);
    }
    const kept = this.#ports.exitOf(client);
    const exits = this.#exits;
    const network = this.#bindings.networkOf(source[0], source[1]);
    exits.judge(time);
    const keeps =
      kept >= 0 && exits.mayKeep(kept, protocol, network, remote) && !exits.mayTry(protocol, network, remote);
    const exit = keeps ? kept : exits.choose(source[0], source[1], protocol, network, remote);
    if (exit === NO_EXIT) return NO_EXIT_FOUND;
    let slot = this.#ports.allocate(client, protocol, exit, wanted);
    if (slot < 0) slot = this.#takeClosed(client, protocol, exit, wanted, time - QUIET_AFTER_MS);
    for (let other = 0; slot < 0 && other < this.#ports.exits; other++) {
      if (other !== exit && exits.mayKeep(other, protocol, network, remote)) {
        slot = this.#ports.allocate(client, protocol, other, wanted);
      }
    }
    if (slot < 0) slot = this.#takeClosed(client, protocol, exit, wanted, time);
    for (let other = 0; slot < 0 && other < this.#ports.exits; other++) {
      if (other !== exit && exits.mayKeep(other, protocol, network, remote)) {
        slot = this.#takeClosed(client, protocol, other, wanted, time);
      }
    }
    return slot >= 0 ? slot : this.#takeFromOthers(client, source, protocol, exit, wanted, time);
  }

  #takeFromOthers(
    client: number,
    source: Int32Array,
    protocol: number,
    exit: number,
    wanted: number,
    time: number,
  ): number {
    if (!this.#fair.freeFor(source, exit, protocol, time)) return -1;
    return this.#ports.allocate(client, protocol, exit, wanted);
  }

  #takeClosed(client: number, protocol: number, exit: number, wanted: number, latest: number): number {
    if (protocol !== ProtocolIndex.tcp || !this.#reclaimer.freePort(exit, latest)) return -1;
    return this.#ports.allocate(client, protocol, exit, wanted);
  }
}
