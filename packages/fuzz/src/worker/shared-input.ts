/**
 * Memory of the worker and the thread that watches it. The worker writes each input here before it runs it, so that the watcher
 * has the input of a worker that hangs or dies.
 */

/** Numbers that the watcher reads while the worker runs. */
const Field = {
  inputs: 0,
  inputLength: 1,
  branches: 2,
  size: 3,
  corpus: 4,
  slowestMs: 5,
  heapBytes: 6,
  stop: 7,
} as const;
const FIELDS = 8;
/** The longest input that any target may have. */
const MOST_BYTES = 128 * 1024;

/** A view of the shared memory; either side makes its own. */
export class SharedInput {
  readonly memory: SharedArrayBuffer;
  readonly #fields: Float64Array;
  readonly #bytes: Uint8Array;

  /** @param memory from the other side; default: new memory */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(FIELDS * 8 + MOST_BYTES)) {
    this.memory = memory;
    this.#fields = new Float64Array(memory, 0, FIELDS);
    this.#bytes = new Uint8Array(memory, FIELDS * 8);
  }

  /** Called by the worker before each input. */
  begin(input: Uint8Array): void {
    this.#bytes.set(input);
    this.#fields[Field.inputLength] = input.length;
    this.#fields[Field.inputs]++;
  }

  /** A copy of the input that runs, or ran last. */
  get input(): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, this.#fields[Field.inputLength]));
  }

  /** Inputs so far. */
  get inputs(): number {
    return this.#fields[Field.inputs];
  }

  /** Reports what the worker has reached. */
  report({ branches, size, corpus, slowestMs, heapBytes }: WorkerState): void {
    const fields = this.#fields;
    fields[Field.branches] = branches;
    fields[Field.size] = size;
    fields[Field.corpus] = corpus;
    fields[Field.slowestMs] = slowestMs;
    fields[Field.heapBytes] = heapBytes;
  }

  /** What the worker reported last. */
  get state(): WorkerState {
    const fields = this.#fields;
    return {
      branches: fields[Field.branches],
      size: fields[Field.size],
      corpus: fields[Field.corpus],
      slowestMs: fields[Field.slowestMs],
      heapBytes: fields[Field.heapBytes],
    };
  }

  /** Asks the worker to end after its current input. */
  stop(): void {
    this.#fields[Field.stop] = 1;
  }

  /** Whether the worker shall end. */
  get isStopped(): boolean {
    return this.#fields[Field.stop] !== 0;
  }
}

/** How far a worker is. */
export interface WorkerState {
  /** Branches reached, of `size` in the code that is loaded. */
  readonly branches: number;
  readonly size: number;
  /** Inputs that are worth mutating. */
  readonly corpus: number;
  /** The longest time that one input took. */
  readonly slowestMs: number;
  /** Heap and array buffers after the last garbage collection. */
  readonly heapBytes: number;
}
