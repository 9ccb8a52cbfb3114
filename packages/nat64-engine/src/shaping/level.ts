/** One level of the fair queues: its members, by key, in rounds over the members of each group. */
import type { KeyedHash } from "../hash/keyed-hash.ts";
import { Records } from "./records.ts";
import { Rounds } from "./rounds.ts";

export class Level {
  readonly rounds: Rounds;
  /** Blocks of memory that the packets of each member use. */
  readonly blocks: Int32Array;
  /** The group of each member: a member of the level above. */
  readonly group: Int32Array;
  readonly #records: Records;
  #newPay = false;
  #longest = 0;

  constructor(members: number, groups: number, hash: KeyedHash) {
    this.#records = new Records(members, hash);
    this.rounds = new Rounds(members, groups);
    this.blocks = new Int32Array(members);
    this.group = new Int32Array(members);
  }

  /** Members that have packets, or had some when they were last first in their rounds. */
  get count(): number {
    return this.#records.count;
  }

  /** The member with a key of two words, made in `group` if there is none; −1 when all are in use. */
  find(first: number, second: number, group: number): number {
    let member = this.#records.find(first, second);
    if (member >= 0) return member;
    member = this.#records.take(first, second);
    if (member >= 0) this.group[member] = group;
    return member;
  }

  /** A word of a member's key: 0 or 1. */
  keyWord(member: number, word: 0 | 1): number {
    return this.#records.keyWord(member, word);
  }

  /** A member has packets to send. */
  join(member: number): void {
    this.rounds.join(this.group[member], member);
  }

  /** The first member of its group has nothing to send. @returns whether it has left the level */
  idle(member: number): boolean {
    if (!this.rounds.idle(this.group[member], member)) return false;
    this.#records.release(member);
    return true;
  }

  /**
   * Chooses who loses packets when memory is full: the longest members of one list of a group. New members pay while they use more
   * than the old ones together, so that a flood of newcomers costs other newcomers, not those who have been here.
   *
   * @returns the blocks that the longest of them uses; {@link pays} says who they are
   */
  findLongest(group: number): number {
    const { rounds, blocks } = this;
    let newSum = 0;
    let oldSum = 0;
    let newMax = 0;
    let oldMax = 0;
    for (let each = rounds.after(group, -1); each >= 0; each = rounds.after(group, each)) {
      if (rounds.isNew(each)) {
        newSum += blocks[each];
        newMax = Math.max(newMax, blocks[each]);
      } else {
        oldSum += blocks[each];
        oldMax = Math.max(oldMax, blocks[each]);
      }
    }
    this.#newPay = newSum > oldSum;
    this.#longest = this.#newPay ? newMax : oldMax;
    return this.#longest;
  }

  /** Whether a member is one of those that {@link findLongest} chose. */
  pays(member: number): boolean {
    return this.blocks[member] >= this.#longest && this.rounds.isNew(member) === this.#newPay;
  }
}
