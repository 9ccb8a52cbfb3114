import { type BindingTable, poolKey } from "../bib/binding-table.ts";
import type { PortAllocator } from "../ports/port-allocator.ts";
import { fewPorts, type PortShares, poolOf, ShareLevel } from "../ports/port-shares.ts";
import { SessionClass, sessionClass } from "../sessions/session-classes.ts";
import type { SessionLifecycle } from "../sessions/session-lifecycle.ts";
import type { SessionReclaimer } from "../sessions/session-reclaimer.ts";
import type { SessionTable } from "../sessions/session-table.ts";

/** Ports that are looked at, chosen at random, to find the one that gives way. */
const LOOKS = 16;
/** As many of these that are not confirmed are a flood; and as many of one /48 among them are a flood from that network. */
const FLOOD = LOOKS / 4;
/** A BIB entry with several sessions counts as not confirmed, when the last one is not, only after so many milliseconds. */
const QUIET_MS = 4000;
/** When nothing is known: longer than any lifetime, in milliseconds. */
const LONG_IDLE_MS = 2 ** 30;

/**
 * Divides the ports of an exit and protocol when there are none left: a client that has less than its share gets a port of one that
 * has more (decision 17). Ports are looked at at random, so those who have most are met most.
 *
 * The share of a /48 is all ports divided by the /48s that have some, but at least `fewPorts`; the /56s and /64s in it may have as
 * many as that. Of {@link LOOKS} ports one gives way:
 *
 * - in a flood of unconfirmed sessions one of these, of the /48 that is met most often, or else the oldest one;
 * - otherwise one of the /48 over its share that has most, of its largest /56 and /64: one that is not confirmed, or the one that
 *   has been idle the longest. If no /48 has more than its share, it is the one of all that has been idle the longest.
 *
 * Static bindings never give way.
 */
export class FairPorts {
  /** Ports that were taken from one client for another, since start. */
  given = 0;
  readonly #bindings: BindingTable;
  readonly #sessions: SessionTable;
  readonly #life: SessionLifecycle;
  readonly #reclaimer: SessionReclaimer;
  #ports!: PortAllocator;
  #shares!: PortShares;
  /** What is divided now: the number of exit and protocol, the share of a /48, and that of a smaller prefix. */
  #pool = 0;
  #share = 0;
  #few = 0;

  // The BIB entries that were found, and what speaks for each.
  #found = 0;
  readonly #candidates: Int32Array = new Int32Array(LOOKS);
  readonly #isUnconfirmed: Uint8Array = new Uint8Array(LOOKS);
  /** Where the /48 is counted, and how many of the unconfirmed candidates are of the same one. */
  readonly #networks: Int32Array = new Int32Array(LOOKS);
  readonly #alike: Int32Array = new Int32Array(LOOKS);
  /** Ports of the /48, /56 and /64, 0 if these are within the share. */
  readonly #over: Int32Array = new Int32Array(LOOKS * 3);
  /** Milliseconds since the last packet. */
  readonly #idle: Int32Array = new Int32Array(LOOKS);

  /** Call {@link usePorts} first. */
  constructor(sessions: SessionTable, bindings: BindingTable, life: SessionLifecycle, reclaimer: SessionReclaimer) {
    this.#reclaimer = reclaimer;
    this.#sessions = sessions;
    this.#bindings = bindings;
    this.#life = life;
  }

  /** Divides these ports from now on. */
  usePorts(ports: PortAllocator): void {
    this.#ports = ports;
    this.#shares = ports.shares;
  }

  /**
   * Frees a port of an exit for a client, if it may have one of others.
   *
   * @param source the client's address @param protocol `ProtocolIndex` @param time milliseconds, int32 that wraps
   * @returns whether a port is free now
   */
  freeFor(source: Int32Array, exit: number, protocol: number, time: number): boolean {
    const total = this.#ports.totalPorts(exit, protocol);
    const network = this.#bindings.networkOf(source[0], source[1]);
    this.#pool = poolOf(exit, protocol);
    const isNew = this.#count(ShareLevel.network48, network, source[1]) === 0;
    const networks = this.#shares.networks(this.#pool) + (isNew ? 1 : 0);
    this.#few = fewPorts(total);
    this.#share = Math.max(this.#few, Math.ceil(total / Math.max(1, networks)));
    const isFlood = this.#look(exit, protocol, time) >= FLOOD;
    const chosen = isFlood ? this.#chooseOfFlood() : this.#choose();
    if (chosen < 0) return false;
    const binding = this.#candidates[chosen];
    // Unconfirmed sessions give way to anybody when there are too many (decision 15).
    const mayTake = isFlood && this.#life.unconfirmed.isFlooded;
    if (!mayTake && !this.#mayTake(binding, network, source[1])) return false;
    this.given++;
    this.#takeAway(binding);
    return true;
  }

  /** Ends a BIB entry. One session ends at once, which is all that most entries have. */
  #takeAway(binding: number): void {
    const session = this.#recentOf(binding);
    if (session < 0 || this.#bindings.sessions(binding) > 1) this.#life.retire(binding);
    if (session >= 0) this.#reclaimer.giveWay(session);
  }

  /** The session of a BIB entry that was used last, −1 when it has ended. */
  #recentOf(binding: number): number {
    const session = this.#bindings.recent(binding);
    return session >= 0 && this.#sessions.binding(session) === binding ? session : -1;
  }

  /** Fills the candidates. @returns how many of them are not confirmed */
  #look(exit: number, protocol: number, time: number): number {
    this.#found = 0;
    let unconfirmed = 0;
    for (let look = 0; look < LOOKS; look++) {
      const port = this.#ports.anyPort(exit, protocol);
      if (port < 0) continue;
      const binding = this.#bindings.findByPool(this.#ports.anyPortAddress, poolKey(protocol, port));
      if (binding < 0 || !this.#canGiveWay(binding)) continue;
      unconfirmed += this.#describe(binding, time);
    }
    return unconfirmed;
  }

  #canGiveWay(binding: number): boolean {
    const bindings = this.#bindings;
    return !bindings.isStatic(binding) && bindings.isMigrated(binding) && bindings.sessions(binding) > 0;
  }

  /** Adds a candidate. @returns 1 if it is not confirmed, else 0 */
  #describe(binding: number, time: number): number {
    const session = this.#recentOf(binding);
    const network = this.#bindings.network(binding);
    const low = this.#bindings.clientWord(binding, 1);
    const i = this.#found++;
    const idle = session < 0 ? LONG_IDLE_MS : (time - this.#life.usedAt(session)) | 0;
    // Of several sessions only one is looked at. An entry that is in use may have settled ones among the others.
    const isAlone = this.#bindings.sessions(binding) === 1 || idle >= QUIET_MS;
    const isSettled = session < 0 || sessionClass(this.#sessions.state(session)) === SessionClass.settled;
    const unconfirmed = isAlone && !isSettled ? 1 : 0;
    this.#candidates[i] = binding;
    this.#isUnconfirmed[i] = unconfirmed;
    this.#networks[i] = this.#shares.place(this.#pool, ShareLevel.network48, network, low);
    this.#idle[i] = idle;
    this.#alike[i] = 0;
    if (unconfirmed === 1) {
      // The last one of a network knows how many there are.
      for (let j = 0; j <= i; j++) {
        if (this.#isUnconfirmed[j] === 1 && this.#networks[j] === this.#networks[i]) this.#alike[i]++;
      }
    }
    for (let level = 0; level < 3; level++) {
      const count = this.#count(level, network, low);
      this.#over[i * 3 + level] = count > this.#limit(level) ? count : 0;
    }
    return unconfirmed;
  }

  /** The candidate that gives way in a flood of unconfirmed sessions. */
  #chooseOfFlood(): number {
    let largest = 0;
    for (let i = 1; i < this.#found; i++) if (this.#alike[i] > this.#alike[largest]) largest = i;
    const network = this.#alike[largest] >= FLOOD ? this.#networks[largest] : -1;
    let chosen = -1;
    for (let i = 0; i < this.#found; i++) {
      if (this.#isUnconfirmed[i] === 0 || (network >= 0 && this.#networks[i] !== network)) continue;
      if (chosen < 0 || this.#isBetter(i, chosen, network >= 0)) chosen = i;
    }
    return chosen;
  }

  /** The candidate that gives way when there is no flood, or −1. */
  #choose(): number {
    let chosen = this.#found - 1;
    for (let i = 0; i < this.#found; i++) if (this.#isBetter(i, chosen, true)) chosen = i;
    return chosen;
  }

  /** Whether one candidate gives way rather than another one. @param bySize whether their shares matter */
  #isBetter(one: number, other: number, bySize: boolean): boolean {
    const over = this.#over;
    for (let level = 0; bySize && level < 3; level++) {
      const difference = over[one * 3 + level] - over[other * 3 + level];
      if (difference !== 0) return difference > 0;
    }
    // Among clients within their share, an unconfirmed session may just have begun.
    const isOver = over[one * 3] > 0;
    if (isOver && this.#isUnconfirmed[one] !== this.#isUnconfirmed[other]) return this.#isUnconfirmed[one] === 1;
    return this.#idle[one] > this.#idle[other];
  }

  /**
   * Whether a client may have a port of another one, which has to have more at the first level at which they differ: more than its
   * share, too, in the same /48. A /48 within its share may have one of any other /48.
   */
  #mayTake(binding: number, network: number, low: number): boolean {
    const itsNetwork = this.#bindings.network(binding);
    const itsLow = this.#bindings.clientWord(binding, 1);
    for (let level = 0; level < 3; level++) {
      const place = this.#shares.place(this.#pool, level, network, low);
      const itsPlace = this.#shares.place(this.#pool, level, itsNetwork, itsLow);
      if (place === itsPlace) continue;
      const mine = this.#shares.at(place);
      const its = this.#shares.at(itsPlace);
      if (level === ShareLevel.network48) return mine < this.#share || its > mine + 1;
      return its > this.#few && its > mine + 1;
    }
    return false;
  }

  #limit(level: number): number {
    return level === ShareLevel.network48 ? this.#share : this.#few;
  }

  #count(level: number, network: number, low: number): number {
    return this.#shares.at(this.#shares.place(this.#pool, level, network, low));
  }
}
