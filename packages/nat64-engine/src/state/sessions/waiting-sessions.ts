import type { BindingTable } from "../bib/binding-table.ts";
import { exitOfPoolAddress } from "../ports/pool-address.ts";
import type { SessionTable } from "./session-table.ts";

/** Words of each session in the memory of {@link WaitingSessions}. */
export const WAITING_WORDS = 4;
/** The next older and the next newer session, of the same group and of all. */
const OLDER = 0;
const NEWER = 1;
const OLDER_OF_ALL = 2;
const NEWER_OF_ALL = 3;

/** Groups of /48s, at most. */
const MAX_GROUPS = 4096;
/** Counts of /64s for each group. */
const NETWORKS_PER_GROUP = 4;
/** Odd, with its bits mixed: neighbouring /64s of a /48 are far apart in the counts. */
const NETWORK_STEP = 0x9e3779b1;
/** A group with no more sessions than this is not singled out: then the oldest session of all goes. */
const FEW = 32;
/** Fewer sessions that wait are no flood, however small the table is. */
const MIN_FLOOD = 64;
/** The oldest sessions of a group among which the one of the largest /64 is chosen. */
const LOOKED_AT = 8;
/** The oldest sessions of a list that are looked at for one with a certain kind of port. */
const LOOKED_AT_FOR_PORT = 32;
/** More than the ranks of counts up to 2^24. */
const RANKS = 192;

/** What {@link WaitingSessions} reads. */
export interface WaitingParts {
  readonly sessions: SessionTable;
  readonly bindings: BindingTable;
}

/**
 * Sessions that wait for one side to speak for the first time, and the choice which of them gives way when there are too
 * many: an old one of the network that has most.
 *
 * Networks are counted in groups: a keyed hash of the /48. Groups are sorted by count into ranks, coarsely, so that adding,
 * removing and choosing take constant time. In the largest group, of its eight oldest sessions the one goes whose /64 (by
 * hash, too) has most. When no group has many, because a flood comes from thousands of networks, the oldest session of all goes.
 */
export class WaitingSessions {
  /** More than these give way before closed sessions do. */
  readonly limit: number;
  readonly #parts: WaitingParts;
  readonly #links: Int32Array;
  readonly #few: number;
  readonly #normal: number;
  readonly #groupMask: number;
  /** Leaves as many of 32 bits as there are counts of /64s. */
  readonly #networkShift: number;
  readonly #counts: Int32Array;
  readonly #oldest: Int32Array;
  readonly #newest: Int32Array;
  /** The next and the previous group of the same rank; the previous of the first is ~rank. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #ranks: Int32Array = new Int32Array(RANKS).fill(-1);
  /** Sessions of the /64s. */
  readonly #networks: Int32Array;
  /** No group has a higher rank. */
  #top = 0;
  #oldestOfAll = -1;
  #newestOfAll = -1;
  #count = 0;

  /** @param links {@link WAITING_WORDS} for each record of the session table */
  constructor(parts: WaitingParts, links: Int32Array, limit: number) {
    this.#parts = parts;
    this.#links = links;
    this.limit = Math.max(1, limit);
    let groups = 64;
    while (groups < MAX_GROUPS && groups * 16 < parts.sessions.capacity) groups *= 2;
    this.#normal = Math.max(MIN_FLOOD, parts.sessions.capacity >> 6);
    this.#few = Math.max(FEW, Math.ceil((4 * limit) / groups));
    this.#groupMask = groups - 1;
    this.#counts = new Int32Array(groups);
    this.#oldest = new Int32Array(groups).fill(-1);
    this.#newest = new Int32Array(groups).fill(-1);
    this.#next = new Int32Array(groups);
    this.#previous = new Int32Array(groups);
    this.#networks = new Int32Array(groups * NETWORKS_PER_GROUP);
    this.#networkShift = Math.clz32(this.#networks.length) + 1;
  }

  /** Whether more sessions wait than on a busy day: below that none gives way, as they are those of honest clients. */
  get isFlooded(): boolean {
    return this.#count > this.#normal;
  }

  /** Sessions that wait. */
  get count(): number {
    return this.#count;
  }

  /** Adds a session that is new or waits again. */
  add(session: number): void {
    const links = this.#links;
    const at = session * WAITING_WORDS;
    const group = this.#groupOf(session);
    const older = this.#newest[group];
    links[at + OLDER] = older;
    links[at + NEWER] = -1;
    if (older >= 0) links[older * WAITING_WORDS + NEWER] = session;
    else this.#oldest[group] = session;
    this.#newest[group] = session;
    const olderOfAll = this.#newestOfAll;
    links[at + OLDER_OF_ALL] = olderOfAll;
    links[at + NEWER_OF_ALL] = -1;
    if (olderOfAll >= 0) links[olderOfAll * WAITING_WORDS + NEWER_OF_ALL] = session;
    else this.#oldestOfAll = session;
    this.#newestOfAll = session;
    this.#networks[this.#networkOf(session)]++;
    this.#change(group, 1);
    this.#count++;
  }

  /** Removes a session that waits no longer, or ends. Its binding has to be there still. */
  remove(session: number): void {
    const links = this.#links;
    const at = session * WAITING_WORDS;
    const group = this.#groupOf(session);
    const older = links[at + OLDER];
    const newer = links[at + NEWER];
    if (older >= 0) links[older * WAITING_WORDS + NEWER] = newer;
    else this.#oldest[group] = newer;
    if (newer >= 0) links[newer * WAITING_WORDS + OLDER] = older;
    else this.#newest[group] = older;
    const olderOfAll = links[at + OLDER_OF_ALL];
    const newerOfAll = links[at + NEWER_OF_ALL];
    if (olderOfAll >= 0) links[olderOfAll * WAITING_WORDS + NEWER_OF_ALL] = newerOfAll;
    else this.#oldestOfAll = newerOfAll;
    if (newerOfAll >= 0) links[newerOfAll * WAITING_WORDS + OLDER_OF_ALL] = olderOfAll;
    else this.#newestOfAll = olderOfAll;
    this.#networks[this.#networkOf(session)]--;
    this.#change(group, -1);
    this.#count--;
  }

  /** The session that gives way first, or −1. */
  choose(): number {
    const largest = this.#ranks[this.#top];
    if (this.#top === 0 || this.#counts[largest] <= this.#few) return this.#oldestOfAll;
    return this.#chooseOf(largest);
  }

  /** The session of a group that gives way first, or −1. */
  #chooseOf(group: number): number {
    let chosen = -1;
    let most = 0;
    let session = this.#oldest[group];
    for (let i = 0; i < LOOKED_AT && session >= 0; i++) {
      const count = this.#networks[this.#networkOf(session)];
      if (count > most) {
        most = count;
        chosen = session;
      }
      session = this.#links[session * WAITING_WORDS + NEWER];
    }
    return chosen;
  }

  /**
   * A session that gives way when ports are needed: its BIB entry has no other and a port of this kind. One of the largest
   * group, or else one of the oldest of all. Looks at a bounded number of sessions.
   *
   * @returns −1 when there was none among these
   */
  chooseWithPort(exit: number, protocol: number): number {
    const largest = this.#ranks[this.#top];
    if (this.#top > 0 && this.#counts[largest] > this.#few) {
      const found = this.#withPort(this.#oldest[largest], NEWER, exit, protocol);
      if (found >= 0) return found;
    }
    return this.#withPort(this.#oldestOfAll, NEWER_OF_ALL, exit, protocol);
  }

  #withPort(oldest: number, newer: number, exit: number, protocol: number): number {
    const { sessions, bindings } = this.#parts;
    let session = oldest;
    for (let i = 0; i < LOOKED_AT_FOR_PORT && session >= 0; i++) {
      const binding = sessions.binding(session);
      const isIt =
        bindings.protocol(binding) === protocol &&
        exitOfPoolAddress(bindings.poolAddress(binding)) === exit &&
        bindings.sessions(binding) === 1 &&
        !bindings.isStatic(binding) &&
        bindings.isMigrated(binding);
      if (isIt) return session;
      session = this.#links[session * WAITING_WORDS + newer];
    }
    return -1;
  }

  #groupOf(session: number): number {
    const { sessions, bindings } = this.#parts;
    return bindings.network(sessions.binding(session)) & this.#groupMask;
  }

  /**
   * The count of a /64. Its place is that of its /48, which nobody knows, plus a step that its other bits decide: a client can
   * choose where its own /64s are in relation to each other, but not whose place they share.
   */
  #networkOf(session: number): number {
    const { sessions, bindings } = this.#parts;
    const binding = sessions.binding(session);
    const step = Math.imul(bindings.clientWord(binding, 1) & 0xffff, NETWORK_STEP);
    return (bindings.network(binding) + step) >>> this.#networkShift;
  }

  /** Counts a session of a group, and moves the group to the rank of its count. */
  #change(group: number, change: number): void {
    const before = rankOf(this.#counts[group]);
    this.#counts[group] += change;
    const after = rankOf(this.#counts[group]);
    if (before === after) return;
    if (before > 0) {
      const next = this.#next[group];
      const previous = this.#previous[group];
      if (previous < 0) this.#ranks[~previous] = next;
      else this.#next[previous] = next;
      if (next >= 0) this.#previous[next] = previous;
    }
    if (after > 0) {
      const next = this.#ranks[after];
      this.#next[group] = next;
      this.#previous[group] = ~after;
      if (next >= 0) this.#previous[next] = group;
      this.#ranks[after] = group;
    }
    if (after > this.#top) this.#top = after;
    // Counts change by one and ranks with them: this catches up with as many steps as there were up.
    while (this.#top > 0 && this.#ranks[this.#top] < 0) this.#top--;
  }
}

/** Exact below 16, then eight ranks for each doubling. */
function rankOf(count: number): number {
  if (count < 16) return count;
  const exponent = 31 - Math.clz32(count);
  return 16 + (exponent - 4) * 8 + ((count >> (exponent - 3)) & 7);
}
