/**
 * Which client's /64 got which block of ports, for an audit log: a bounded list that the caller takes from time to time. Clients
 * seldom get a new block; nothing here is done for each packet or session.
 */

/** Words of an event: {@link BlockEventKind}, protocol and exit; address of the pool; first port; the /64's two words. */
export const BLOCK_EVENT_WORDS = 5;

/** What happened to a block. */
export const BlockEventKind = {
  /** The client got the block. */
  granted: 0,
  /** The client returned the block. */
  returned: 1,
  /** The client got a port from the block of another client, since there were no free blocks. */
  borrowed: 2,
  /** All blocks are assigned anew: list those that have an owner now. */
  reset: 3,
} as const;

/** Events that are kept until they are taken. More are only counted. */
const CAPACITY = 16_384;

/** Events; see {@link BLOCK_EVENT_WORDS}. */
export interface BlockEvents {
  readonly words: Int32Array;
  /** Number of events that did not fit. */
  readonly lost: number;
}

/** A bounded list of block events. */
export class BlockLog {
  readonly #words: Int32Array = new Int32Array(CAPACITY * BLOCK_EVENT_WORDS);
  #count = 0;
  #lost = 0;

  /** Notes an event. @param high @param low the upper 64 bits of the client's address */
  note(
    kind: number,
    protocol: number,
    exit: number,
    address: number,
    firstPort: number,
    high: number,
    low: number,
  ): void {
    if (this.#count === CAPACITY) {
      this.#lost++;
      return;
    }
    const at = this.#count++ * BLOCK_EVENT_WORDS;
    this.#words[at] = kind | (protocol << 2) | (exit << 4);
    this.#words[at + 1] = address;
    this.#words[at + 2] = firstPort;
    this.#words[at + 3] = high;
    this.#words[at + 4] = low;
  }

  /** Takes the events. Allocates; not for the packet path. */
  take(): BlockEvents {
    const taken = { words: this.#words.slice(0, this.#count * BLOCK_EVENT_WORDS), lost: this.#lost };
    this.#count = 0;
    this.#lost = 0;
    return taken;
  }
}
