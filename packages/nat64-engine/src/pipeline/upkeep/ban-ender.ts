import type { Bans } from "../../bans/bans.ts";
import type { Nat64State } from "../../state/nat64-state.ts";
import type { Emitter } from "../emit.ts";
import type { ExitEnder } from "./exit-ender.ts";

/** Records of the session table that one call looks at, and sessions that it ends at most. As for exits. */
const SLICE = 1024;
const MAX_ENDED_SESSIONS = 256;

/**
 * Ends the sessions of banned addresses, a slice of the table at a time. Their packets are refused already, so no session
 * begins or lives on meanwhile. TCP clients get a reset.
 */
export class BanEnder {
  readonly #bans: Bans;
  readonly #state: Nat64State;
  readonly #ender: ExitEnder;
  readonly #emitter: Emitter;
  readonly #client = new Int32Array(4);
  #version = 0;
  #cursor = 0;
  /** Records that are still to be looked at. */
  #left = 0;

  constructor(bans: Bans, state: Nat64State, ender: ExitEnder, emitter: Emitter) {
    this.#bans = bans;
    this.#state = state;
    this.#ender = ender;
    this.#emitter = emitter;
  }

  /** Whether there may still be sessions of banned addresses. */
  get isBusy(): boolean {
    return this.#left > 0 || this.#version !== this.#bans.version;
  }

  /** Does a slice of the work; returns whether there is more. */
  advance(bytes: Uint8Array): boolean {
    if (this.#version !== this.#bans.version) {
      this.#version = this.#bans.version;
      this.#left = this.#bans.isAny ? this.#state.sessions.capacity : 0;
    }
    if (this.#left === 0) return false;
    const { sessions } = this.#state;
    let ended = 0;
    const end = Math.max(0, this.#left - SLICE);
    while (this.#left > end && ended < MAX_ENDED_SESSIONS && this.#emitter.canHoldOneMore()) {
      const session = this.#cursor;
      this.#cursor = session + 1 < sessions.capacity ? session + 1 : 0;
      this.#left--;
      if (sessions.binding(session) < 0 || !this.#isBanned(session)) continue;
      this.#ender.endSession(bytes, session);
      ended++;
    }
    return this.#left > 0;
  }

  #isBanned(session: number): boolean {
    const { sessions, bindings } = this.#state;
    if (this.#bans.hasDestination(sessions.remoteAddress(session))) return true;
    bindings.copyClient(sessions.binding(session), this.#client);
    return this.#bans.hasClient(this.#client);
  }
}
