import { CLIENT_CELLS } from "./client-cells.ts";
import { EXITS, STALE_MS, UNANSWERED_MS } from "./data-class.ts";

/** IPv6 packets of this many bytes are large. A path carries 1280, and full TCP segments and the first packets of QUIC are over 1240. */
export const LARGE_PACKET = 1200;

/** An answer counts as one of today for this long. */
const ALIVE_MS = 5000;
/** The packet that a cell waits with is replaced after this long: its session may be over. */
const TURN_MS = 1000;
/** Exits are compared by the large packets that came within this time. */
const RECEIVED_MS = 15_000;

const NO_SESSION = -1;

/**
 * Whether an exit carries large packets, which some paths lose while small ones pass. For each exit there are 64 cells of client
 * networks, as in `ClientCells`.
 *
 * Towards servers: a cell waits for the answer to one large packet at a time. Of TCP that is an acknowledgment of its data, of UDP
 * any packet of the session. From servers nothing is due, so there is only the time of the last large packet.
 */
export class LargePackets {
  /** The session whose large packet is unanswered; {@link NO_SESSION} for none. */
  readonly #session = new Int32Array(EXITS * CLIENT_CELLS).fill(NO_SESSION);
  /** The acknowledgment number that answers it. */
  readonly #wanted = new Int32Array(EXITS * CLIENT_CELLS);
  /** When that packet was sent. */
  readonly #turn = new Int32Array(EXITS * CLIENT_CELLS);
  /** When the first large packet since the last answer was sent; 0 for none. */
  readonly #since = new Int32Array(EXITS * CLIENT_CELLS);
  /** When the last one was sent. */
  readonly #sent = new Int32Array(EXITS * CLIENT_CELLS);
  /** When one was answered last; 0 for never. */
  readonly #answered = new Int32Array(EXITS * CLIENT_CELLS);
  /** When a large packet came last; 0 for never. */
  readonly #received = new Int32Array(EXITS * CLIENT_CELLS);

  /** After {@link count}: cells whose large packets are not answered. */
  silent = 0;
  /** After {@link count}: cells with an answered one in the last five seconds. */
  alive = 0;
  /** After {@link count}: cells that got a large packet in the last fifteen seconds. */
  receiving = 0;

  /**
   * A client sends a large packet.
   *
   * @param network keyed hash of the /48 @param wanted TCP: the acknowledgment number that answers it
   * @returns whether the cell waits for its answer from now on
   */
  sends(exit: number, network: number, session: number, wanted: number, time: number): boolean {
    const at = cellOf(exit, network);
    if (this.#since[at] === 0 || ((time - this.#sent[at]) | 0) >= STALE_MS) {
      this.#since[at] = time | 1;
      this.#session[at] = NO_SESSION;
    }
    this.#sent[at] = time;
    if (this.#session[at] !== NO_SESSION && ((time - this.#turn[at]) | 0) < TURN_MS) return false;
    this.#session[at] = session;
    this.#wanted[at] = wanted;
    this.#turn[at] = time;
    return true;
  }

  /** Whether a packet of a session may be the answer. */
  waitsFor(exit: number, network: number, session: number): boolean {
    return this.#session[cellOf(exit, network)] === session;
  }

  /** A packet of the session that {@link waitsFor} came. @param acknowledgment TCP only @returns whether it is the answer */
  answers(exit: number, network: number, isTcp: boolean, acknowledgment: number, time: number): boolean {
    const at = cellOf(exit, network);
    if (isTcp && ((acknowledgment - this.#wanted[at]) | 0) < 0) return false;
    this.#session[at] = NO_SESSION;
    this.#since[at] = 0;
    this.#answered[at] = time | 1;
    return true;
  }

  /** A large packet of a server came. */
  received(exit: number, network: number, time: number): void {
    this.#received[cellOf(exit, network)] = time | 1;
  }

  /** Counts the cells of an exit: fills {@link silent}, {@link alive} and {@link receiving}. */
  count(exit: number, time: number): void {
    this.silent = 0;
    this.alive = 0;
    this.receiving = 0;
    const first = cellOf(exit, 0);
    for (let at = first; at < first + CLIENT_CELLS; at++) {
      if (this.#since[at] !== 0 && ((time - this.#sent[at]) | 0) >= STALE_MS) this.#since[at] = 0;
      if (this.#answered[at] !== 0 && ((time - this.#answered[at]) | 0) >= ALIVE_MS) this.#answered[at] = 0;
      if (this.#received[at] !== 0 && ((time - this.#received[at]) | 0) >= RECEIVED_MS) this.#received[at] = 0;
      if (this.#since[at] !== 0 && ((time - this.#since[at]) | 0) >= UNANSWERED_MS) this.silent++;
      else if (this.#answered[at] !== 0) this.alive++;
      if (this.#received[at] !== 0) this.receiving++;
    }
  }

  /** Forgets what is known of an exit. */
  forget(exit: number): void {
    const first = cellOf(exit, 0);
    this.#session.fill(NO_SESSION, first, first + CLIENT_CELLS);
    this.#since.fill(0, first, first + CLIENT_CELLS);
    this.#answered.fill(0, first, first + CLIENT_CELLS);
    this.#received.fill(0, first, first + CLIENT_CELLS);
  }
}

function cellOf(exit: number, network: number): number {
  return exit * CLIENT_CELLS + (network & (CLIENT_CELLS - 1));
}
