/**
 * Memory of unfinished frames of all connections. An attacker may send parts of frames on many connections; that must not
 * use up the memory of all. Above the limit the connection with the oldest unfinished frame is cut off: an honest peer
 * sends the rest of a frame at once.
 */
export class UnfinishedFrames {
  readonly #maxBytes: number;
  readonly #cutOff: (connection: number) => void;
  /** Bytes by connection, the one with the oldest unfinished frame first. */
  readonly #byConnection: Map<number, number> = new Map();
  #bytes = 0;

  /** @param maxBytes for all connections together @param cutOff closes a connection */
  constructor(maxBytes: number, cutOff: (connection: number) => void) {
    this.#maxBytes = maxBytes;
    this.#cutOff = cutOff;
  }

  /** Memory in total. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Call it after each chunk that a connection's decoder has received.
   *
   * @param memory of its unfinished frame, in bytes; 0 if there is none
   * @param isAnother whether it is a different frame than before
   */
  note(connection: number, memory: number, isAnother: boolean): void {
    if (isAnother || memory === 0) this.forget(connection);
    if (memory === 0) return;
    this.#bytes += memory - (this.#byConnection.get(connection) ?? 0);
    this.#byConnection.set(connection, memory);
    for (const [oldest] of this.#byConnection) {
      if (this.#bytes <= this.#maxBytes) return;
      this.forget(oldest);
      this.#cutOff(oldest);
    }
  }

  /** A connection is closed. */
  forget(connection: number): void {
    this.#bytes -= this.#byConnection.get(connection) ?? 0;
    this.#byConnection.delete(connection);
  }
}
