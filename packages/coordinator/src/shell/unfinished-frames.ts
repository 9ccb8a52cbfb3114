/**
 * Memory of frames that have begun and not ended, over all connections: whoever sends halves of frames on many connections
 * must not take what the others need. Where it is too much, the connection whose frame began first is cut off: who means
 * it well sends the rest at once.
 */
export class UnfinishedFrames {
  readonly #most: number;
  readonly #cutOff: (connection: number) => void;
  /** Bytes by connection, the frame that began first before all others. */
  readonly #byConnection: Map<number, number> = new Map();
  #bytes = 0;

  /** @param most bytes, for all connections together */
  constructor(most: number, cutOff: (connection: number) => void) {
    this.#most = most;
    this.#cutOff = cutOff;
  }

  /** Bytes in all. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * A connection's decoder has taken bytes.
   *
   * @param memory what its unfinished frame has now, 0 for none
   * @param isAnother whether that frame is another one than before
   */
  note(connection: number, memory: number, isAnother: boolean): void {
    if (isAnother || memory === 0) this.forget(connection);
    if (memory === 0) return;
    this.#bytes += memory - (this.#byConnection.get(connection) ?? 0);
    this.#byConnection.set(connection, memory);
    for (const [oldest] of this.#byConnection) {
      if (this.#bytes <= this.#most) return;
      this.forget(oldest);
      this.#cutOff(oldest);
    }
  }

  /** A connection is gone. */
  forget(connection: number): void {
    this.#bytes -= this.#byConnection.get(connection) ?? 0;
    this.#byConnection.delete(connection);
  }
}
