/**
 * Which block of ports was given to which client's /64, for whoever keeps an audit log: a bounded list that is taken away
 * now and then. A client gets a new block now and then; nothing here happens for each packet, or for each session.
 */

/** Words of an event: {@link BlockEventKind}, protocol and exit; address of the pool; first port; the /64's two words. */
export const BLOCK_EVENT_WORDS = 5;

/** What happened to a block. */
export const BlockEventKind = {
  /** It is the client's from now on. */
  granted: 0,
  /** It is nobody's any more. */
  returned: 1,
  /** It is somebody else's, but the client got a port of it, since there were no blocks left. */
  borrowed: 2,
  /** All blocks are given out anew: list those that are owned now. */
  reset: 3,
} as const;

/** Events that are kept until they are taken: what is more is counted. */
const CAPACITY = 16_384;

/** Events taken away; see {@link BLOCK_EVENT_WORDS}. */
export interface BlockEvents {
  readonly words: Int32Array;
  /** Events that there was no room for. */
  readonly lost: number;
}

/** The list. */
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

  /** Takes the events away. Allocates; not for the packet path. */
  take(): BlockEvents {
    const taken = { words: this.#words.slice(0, this.#count * BLOCK_EVENT_WORDS), lost: this.#lost };
    this.#count = 0;
    this.#lost = 0;
    return taken;
  }
}
