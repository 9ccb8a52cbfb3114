/**
 * The order of sending, with the two lists of RFC 8290 §4.2: new members, which have little to send, and old ones. All get the same
 * number of bytes in a round (deficit round robin). Each group has such a pair of lists; a member belongs to one group at a time.
 *
 * Other than in the RFC, an old member has its turn after each new one. If all new members came first, a flood of packets that each
 * begin a new flow (from a new address, say) would keep the old ones from ever sending.
 */

/** Which list a member is in. */
const NONE = 0;
const NEW = 1;
const OLD = 2;

export class Rounds {
  readonly #next: Int32Array;
  readonly #list: Uint8Array;
  readonly #deficit: Int32Array;
  /** First and last of each group's new list, then of its old one. */
  readonly #ends: Int32Array;
  /** Whether it is the turn of each group's old list. */
  readonly #isOldTurn: Uint8Array;
  #quantum = 1514;

  constructor(members: number, groups: number) {
    this.#next = new Int32Array(members);
    this.#list = new Uint8Array(members);
    this.#deficit = new Int32Array(members);
    this.#ends = new Int32Array(groups * 4).fill(-1);
    this.#isOldTurn = new Uint8Array(groups);
  }

  /** @param bytes of a member in each round */
  set quantum(bytes: number) {
    this.#quantum = bytes;
  }

  /** A member has packets to send: adds it to the new list unless it is in a list. */
  join(group: number, member: number): void {
    if (this.#list[member] !== NONE) return;
    this.#deficit[member] = this.#quantum;
    this.#push(group, member, NEW);
  }

  /** The member that sends next, −1 when there is none. Members without bytes left get new ones and move to the old list. */
  first(group: number): number {
    const ends = this.#ends;
    for (;;) {
      let member = ends[group * 4 + 2 * this.#isOldTurn[group]];
      if (member < 0) member = ends[group * 4 + 2 - 2 * this.#isOldTurn[group]];
      if (member < 0 || this.#deficit[member] > 0) return member;
      this.#deficit[member] += this.#quantum;
      this.#isOldTurn[group] = this.isNew(member) ? 1 : 0;
      this.#pop(group, member);
      this.#push(group, member, OLD);
    }
  }

  /** The member that {@link first} gave may not send now: it comes last, and keeps the bytes that it has left. */
  skip(group: number, member: number): void {
    this.#isOldTurn[group] = this.isNew(member) ? 1 : 0;
    this.#pop(group, member);
    this.#push(group, member, OLD);
  }

  /** Counts bytes that a member has sent. */
  charge(member: number, bytes: number): void {
    this.#deficit[member] -= bytes;
  }

  /**
   * The member that {@link first} gave has nothing to send. One that was new is old for a round if others wait there: who
   * came back at once as a new one would always be first (RFC 8290 §4.2).
   *
   * @returns whether it is in no list any more
   */
  idle(group: number, member: number): boolean {
    const wasNew = this.isNew(member);
    this.#pop(group, member);
    // An old one that leaves does not use up the turn: thousands may have come as new ones, sent one packet and moved to this list.
    if (wasNew) this.#isOldTurn[group] = 1;
    if (!wasNew || this.#ends[group * 4 + 2] < 0) return true;
    this.#push(group, member, OLD);
    return false;
  }

  /** Whether a member is in the new list of its group. */
  isNew(member: number): boolean {
    return this.#list[member] === NEW;
  }

  /** The member behind another one, over both lists of the group; −1 begins, and ends. */
  after(group: number, member: number): number {
    const ends = this.#ends;
    if (member >= 0) {
      if (this.#next[member] >= 0) return this.#next[member];
      return this.#list[member] === NEW ? ends[group * 4 + 2] : -1;
    }
    return ends[group * 4] >= 0 ? ends[group * 4] : ends[group * 4 + 2];
  }

  #push(group: number, member: number, list: number): void {
    const ends = this.#ends;
    const at = group * 4 + (list - NEW) * 2;
    if (ends[at] < 0) ends[at] = member;
    else this.#next[ends[at + 1]] = member;
    ends[at + 1] = member;
    this.#next[member] = -1;
    this.#list[member] = list;
  }

  /** Takes out the first member of its list. */
  #pop(group: number, member: number): void {
    const at = group * 4 + (this.#list[member] - NEW) * 2;
    this.#ends[at] = this.#next[member];
    this.#list[member] = NONE;
  }
}
