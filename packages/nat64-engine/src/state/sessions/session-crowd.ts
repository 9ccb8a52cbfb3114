import type { BindingTable } from "../bib/binding-table.ts";
import type { SessionTable } from "./session-table.ts";

/** Words of each session in the memory of {@link SessionCrowd}. */
export const CROWD_WORDS = 4;
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
/** Fewer sessions are no flood, however small the table is. */
const MIN_FLOOD = 64;
/** The oldest sessions of a group among which the one of the largest /64 is chosen. */
const LOOKED_AT = 8;
/** More than the ranks of counts up to 2^24. */
const RANKS = 192;

/** What {@link SessionCrowd} reads. */
export interface CrowdParts {
  readonly sessions: SessionTable;
  readonly bindings: BindingTable;
  /** {@link CROWD_WORDS} for each record of the session table. All crowds share them, as a session is in one at most. */
  readonly links: Int32Array;
}

/**
 * A part of the sessions in the order in which they joined, and the choice which of them gives way: an old one of the network
 * that has most.
 *
 * Networks are counted in groups: a keyed hash of the /48. Groups are sorted by count into ranks, coarsely, so that adding,
 * removing and choosing take constant time. In the largest group, of its eight oldest sessions the one goes whose /64 (by
 * hash, too) has most. When no group has many, because a flood comes from thousands of networks, the oldest session of all goes.
 */
export class SessionCrowd {
  /** How many there should be at most; what happens then is up to the owner. */
  readonly limit: number;
  readonly #parts: CrowdParts;
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

  constructor(parts: CrowdParts, limit: number) {
    this.#parts = parts;
    this.#links = parts.links;
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

  /** Whether there are more than on a busy day. */
  get isFlooded(): boolean {
    return this.#count > this.#normal;
  }

  /** Sessions in the crowd. */
  get count(): number {
    return this.#count;
  }

  /** Adds a session as the newest. */
  add(session: number): void {
    const links = this.#links;
    const at = session * CROWD_WORDS;
    const group = this.#groupOf(session);
    this.#join(session, group);
    const olderOfAll = this.#newestOfAll;
    links[at + OLDER_OF_ALL] = olderOfAll;
    links[at + NEWER_OF_ALL] = -1;
    if (olderOfAll >= 0) links[olderOfAll * CROWD_WORDS + NEWER_OF_ALL] = session;
    else this.#oldestOfAll = session;
    this.#newestOfAll = session;
    this.#networks[this.#networkOf(session)]++;
    this.#change(group, 1);
    this.#count++;
  }

  /** Removes a session. Its binding has to be there still. */
  remove(session: number): void {
    const links = this.#links;
    const at = session * CROWD_WORDS;
    const group = this.#groupOf(session);
    this.#leave(session, group);
    const olderOfAll = links[at + OLDER_OF_ALL];
    const newerOfAll = links[at + NEWER_OF_ALL];
    if (olderOfAll >= 0) links[olderOfAll * CROWD_WORDS + NEWER_OF_ALL] = newerOfAll;
    else this.#oldestOfAll = newerOfAll;
    if (newerOfAll >= 0) links[newerOfAll * CROWD_WORDS + OLDER_OF_ALL] = olderOfAll;
    else this.#newestOfAll = olderOfAll;
    this.#networks[this.#networkOf(session)]--;
    this.#change(group, -1);
    this.#count--;
  }

  /** Makes a session the newest of its group. */
  renew(session: number): void {
    const group = this.#groupOf(session);
    this.#leave(session, group);
    this.#join(session, group);
  }

  /** The session that gives way first, or −1. */
  choose(): number {
    const { largestGroup } = this;
    if (largestGroup < 0 || this.#counts[largestGroup] <= this.#few) return this.#oldestOfAll;
    return this.#chooseOf(largestGroup);
  }

  /** One of the groups that have most sessions (of counts above 16 only the first four bits matter), or −1. */
  get largestGroup(): number {
    return this.#top === 0 ? -1 : this.#ranks[this.#top];
  }

  /** The session of a group that joined first. */
  oldestOf(group: number): number {
    return this.#oldest[group];
  }

  /** The session of the same group that joined next, or −1. */
  newerOf(session: number): number {
    return this.#links[session * CROWD_WORDS + NEWER];
  }

  /** The group of a network: see `BindingTable.network`. */
  groupOf(network: number): number {
    return network & this.#groupMask;
  }

  /** Sessions of a group. */
  countOf(group: number): number {
    return this.#counts[group];
  }

  /** Sessions of a /64. @param low the second word of its addresses */
  countOfNetwork(network: number, low: number): number {
    return this.#networks[this.#placeOf(network, low)];
  }

  /** Sessions of the /64 of a session. */
  countOfNetworkOf(session: number): number {
    return this.#networks[this.#networkOf(session)];
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
      session = this.#links[session * CROWD_WORDS + NEWER];
    }
    return chosen;
  }

  #groupOf(session: number): number {
    const { sessions, bindings } = this.#parts;
    return this.groupOf(bindings.network(sessions.binding(session)));
  }

  /** Puts a session at the end of its group. */
  #join(session: number, group: number): void {
    const links = this.#links;
    const older = this.#newest[group];
    links[session * CROWD_WORDS + OLDER] = older;
    links[session * CROWD_WORDS + NEWER] = -1;
    if (older >= 0) links[older * CROWD_WORDS + NEWER] = session;
    else this.#oldest[group] = session;
    this.#newest[group] = session;
  }

  #leave(session: number, group: number): void {
    const links = this.#links;
    const older = links[session * CROWD_WORDS + OLDER];
    const newer = links[session * CROWD_WORDS + NEWER];
    if (older >= 0) links[older * CROWD_WORDS + NEWER] = newer;
    else this.#oldest[group] = newer;
    if (newer >= 0) links[newer * CROWD_WORDS + OLDER] = older;
    else this.#newest[group] = older;
  }

  #networkOf(session: number): number {
    const { sessions, bindings } = this.#parts;
    const binding = sessions.binding(session);
    return this.#placeOf(bindings.network(binding), bindings.clientWord(binding, 1));
  }

  /**
   * The count of a /64. Its place is that of its /48, which nobody knows, plus a step that its other bits decide: a client can
   * choose where its own /64s are in relation to each other, but not whose place they share.
   */
  #placeOf(network: number, low: number): number {
    return (network + Math.imul(low & 0xffff, NETWORK_STEP)) >>> this.#networkShift;
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
