/** Which client has which block of ports, for an audit log. Not for the packet path. */
import type { PeerExits } from "../exits/peer-exits.ts";
import type { Nat64State } from "../state/nat64-state.ts";
import { BLOCK_EVENT_WORDS, type BlockEventKind, type BlockEvents, BlockLog } from "../state/ports/block-log.ts";
import { BLOCK_PORTS, FIRST_EXIT_PORT } from "../state/ports/pool-address.ts";

/** What happened to a block of ports. */
export interface BlockEvent {
  readonly kind: keyof typeof BlockEventKind;
  /** 0 for this host itself, or a peer exit. */
  readonly exit: number;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** The address of the pool as a word; 0 for a peer exit. */
  readonly address: number;
  /** First and last port, as they are seen on the IPv4 side. For ICMP: Query Identifiers. */
  readonly ports: readonly [number, number];
  /** The first 64 bits of the client's address, as two words. */
  readonly network: readonly [number, number];
}

/** Decodes events from words, possibly in another thread. */
export function readBlockEvents(words: Int32Array): readonly BlockEvent[] {
  return Array.from({ length: words.length / BLOCK_EVENT_WORDS }, (_, i): BlockEvent => {
    const [head, address, first, high, low] = words.subarray(i * BLOCK_EVENT_WORDS, (i + 1) * BLOCK_EVENT_WORDS);
    const exit = head >>> 4;
    return {
      kind: KINDS[head & 3],
      exit,
      protocol: PROTOCOLS[(head >> 2) & 3],
      address: exit === 0 ? address : 0,
      ports: [first, Math.min(first + BLOCK_PORTS - 1, 65_535)],
      network: [high, low],
    };
  });
}

const KINDS = ["granted", "returned", "borrowed", "reset"] as const;
const PROTOCOLS = ["tcp", "udp", "icmp"] as const;

/** The events since the last report, and then a part of the blocks that have an owner. */
export interface BlockReport extends BlockEvents {
  /** Where the list of owned blocks continues; −1 at its end, or when it was not requested. */
  readonly next: number;
}

/** Blocks that one report looks at: well below a millisecond. */
const SLICE = 4096;

/** Records what happens to the blocks of a state, which another engine may take over. */
export class BlockRecorder {
  readonly #log: BlockLog = new BlockLog();
  readonly #state: Nat64State;
  readonly #exits: PeerExits | undefined;

  constructor(state: Nat64State, exits: PeerExits | undefined) {
    this.#state = state;
    this.#exits = exits;
    state.recordBlocks(this.#log);
  }

  /** @param from where to start listing owned blocks; without it, only events are reported */
  report(from?: number): BlockReport {
    const { words: happened, lost } = this.#log.take();
    // The log is empty now, so it has room for a whole slice.
    const next = from === undefined ? -1 : this.#state.ports.listOwned(this.#log, from, SLICE);
    const owned = this.#log.take().words;
    const words = new Int32Array(happened.length + owned.length);
    words.set(happened);
    words.set(owned, happened.length);
    for (let at = 0; at < words.length; at += BLOCK_EVENT_WORDS) this.#toWire(words, at);
    return { words, lost, next };
  }

  /** All peer exits use the same port numbers internally. On the wire they are in the block that the IPv4 peer granted. */
  #toWire(words: Int32Array, at: number): void {
    const exit = words[at] >>> 4;
    if (exit > 0 && this.#exits !== undefined) words[at + 2] += this.#exits.firstPort(exit) - FIRST_EXIT_PORT;
  }
}
