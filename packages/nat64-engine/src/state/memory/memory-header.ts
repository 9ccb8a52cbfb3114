import type { Layout } from "./layout.ts";

/** "NA64", and the version of the layout of the records. Buffers with another version are refused. */
const MAGIC = 0x4e413634;
const VERSION = 1;

/** A used buffer does not match the configuration. `code` is stable. */
export class StateMemoryError extends Error {
  readonly code: "buffer-too-small" | "not-a-state" | "wrong-version" | "wrong-geometry";

  constructor(code: StateMemoryError["code"], message: string) {
    super(message);
    this.name = "StateMemoryError";
    this.code = code;
  }
}

/**
 * The first words of a state's memory: magic, version, number of sessions; and two numbers that relate the times in the records
 * to the clock.
 */
export class MemoryHeader {
  readonly #words: Int32Array;
  readonly #clock: Float64Array;
  readonly #sessions: number;

  constructor(buffer: ArrayBuffer, layout: Layout, sessions: number) {
    if (buffer.byteLength < layout.bytes) {
      throw new StateMemoryError(
        "buffer-too-small",
        `The buffer has ${buffer.byteLength} bytes; the state requires ${layout.bytes}.`,
      );
    }
    this.#words = new Int32Array(buffer, 0, 4);
    this.#clock = new Float64Array(buffer, 16, 2);
    this.#sessions = sessions;
  }

  /** Whether the buffer holds a state that can continue; false when it is new (all zero). */
  get used(): boolean {
    const [magic, version, sessions] = this.#words;
    if (magic === 0) return false;
    if (magic !== MAGIC) throw new StateMemoryError("not-a-state", "The buffer does not hold NAT64 state.");
    if (version !== VERSION) {
      throw new StateMemoryError("wrong-version", `The state has version ${version}; version ${VERSION} is required.`);
    }
    if (sessions !== this.#sessions) {
      throw new StateMemoryError(
        "wrong-geometry",
        `The state is for ${sessions} sessions; the configuration has ${this.#sessions}.`,
      );
    }
    return true;
  }

  /** Marks the buffer as holding state. */
  stamp(): void {
    this.#words[1] = VERSION;
    this.#words[2] = this.#sessions;
    this.#words[0] = MAGIC;
  }

  /** Subtracted from `now`, gives the times in the records. */
  get base(): number {
    return this.#clock[0];
  }

  set base(value: number) {
    this.#clock[0] = value;
  }

  /** The last `now`. */
  get lastNow(): number {
    return this.#clock[1];
  }

  set lastNow(value: number) {
    this.#clock[1] = value;
  }
}
