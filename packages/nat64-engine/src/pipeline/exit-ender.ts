import type { Nat64State } from "../state/nat64-state.ts";
import { exitOfPoolAddress } from "../state/pool.ts";
import { ProtocolIndex } from "../state/protocol-index.ts";
import { isClosed } from "../state/tcp-state.ts";
import type { ClientSegments } from "./client-segments.ts";
import type { Emitter } from "./emit.ts";

/** Records of the session table that one call looks at: some hundred microseconds. */
const SLICE = 8192;

/**
 * Ends the sessions of exits that are gone, a slice of the table at a time. TCP clients get a reset, so that they try
 * again at once; UDP and ICMP simply find another exit with their next packet.
 */
export class ExitEnder {
  readonly #state: Nat64State;
  readonly #segments: ClientSegments;
  readonly #emitter: Emitter;
  /** Exits whose sessions end, with the record where their round through the table is over; −1 for none. */
  readonly #exits = new Map<number, number>();
  #cursor = 0;

  constructor(state: Nat64State, segments: ClientSegments, emitter: Emitter) {
    this.#state = state;
    this.#segments = segments;
    this.#emitter = emitter;
  }

  /** Starts to end the sessions of an exit; {@link isEnding} tells when it is done. */
  end(exit: number): void {
    this.#exits.set(exit, this.#state.sessions.capacity);
  }

  /** Whether sessions of the exit may still be there. */
  isEnding(exit: number): boolean {
    return this.#exits.has(exit);
  }

  /** Sessions that leave through an exit now. */
  sessionsOf(exit: number): number {
    return this.#state.sessionsOfExit[exit];
  }

  /** Goes on; returns whether there is more to do. */
  advance(bytes: Uint8Array): boolean {
    if (this.#exits.size === 0) return false;
    const { sessions, bindings } = this.#state;
    let looked = 0;
    for (; looked < SLICE && this.#emitter.canHoldOneMore(); looked++) {
      const session = this.#cursor;
      this.#cursor = session + 1 < sessions.capacity ? session + 1 : 0;
      const binding = sessions.binding(session);
      if (binding < 0 || !this.#exits.has(exitOfPoolAddress(bindings.poolAddress(binding)))) continue;
      const isOpen = !isClosed(sessions.state(session));
      if (isOpen && bindings.protocol(binding) === ProtocolIndex.tcp) this.#segments.reset(bytes, session);
      this.#state.end(session);
    }
    for (const [exit, left] of this.#exits) {
      if (left <= looked) this.#exits.delete(exit);
      else this.#exits.set(exit, left - looked);
    }
    return this.#exits.size > 0;
  }
}
