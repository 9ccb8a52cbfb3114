/** The loop: pick an input, change it, run it, keep it if it reached something new. */
import type { Reach } from "../corpus/minimize.ts";
import type { CoverageMap } from "../coverage/coverage-map.ts";
import { crashOf, type Finding } from "../findings/finding.ts";
import { reduce } from "../findings/reduce.ts";
import { makeDictionary } from "../input/dictionary.ts";
import { Mutator } from "../input/mutator.ts";
import { Random } from "../input/random.ts";
import type { Target } from "../target.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { Pool } from "./pool.ts";
import type { SharedInput } from "./shared-input.ts";

/** Inputs between two reports to the watcher. */
const REPORT_INPUTS = 256;
/** Milliseconds between two garbage collections that look for leaks. */
const SAMPLE_MS = 1000;
/** A slow input is run this many times more: only the code itself is slow every time. */
const SLOW_RUNS = 3;
/** Frames in the stack of a finding. */
const STACK_FRAMES = 30;
/** Attempts to make an input smaller that reached something new. */
const TRIM_ATTEMPTS = 64;

/** How a loop runs. */
export interface LoopOptions {
  readonly seed: number;
  /** The loop ends after this many inputs. */
  readonly inputs: number;
  /** An input that takes longer is a finding. */
  readonly limitMs: number;
  /** Inputs to start from, besides the target's seeds. */
  readonly corpus: readonly Uint8Array[];
  readonly onFinding: (finding: Finding) => void;
}

/** Runs a target until the watcher or the number of inputs ends it. */
export class FuzzLoop {
  readonly #target: Target;
  readonly #map: CoverageMap;
  readonly #shared: SharedInput;
  readonly #options: LoopOptions;
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #memory = new MemoryWatch();
  readonly #signatures = new Set<string>();
  #poolBytes = 0;
  #slowestMs = 0;
  #heapBytes = 0;
  #nextSampleMs = 0;

  constructor(target: Target, map: CoverageMap, shared: SharedInput, options: LoopOptions) {
    this.#target = target;
    this.#map = map;
    this.#shared = shared;
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#pool = new Pool(this.#random);
  }

  /** Inputs that reached something new, in this run or before. */
  get inputs(): readonly Uint8Array[] {
    return this.#pool.inputs;
  }

  /** The same inputs, with what each of them reaches. */
  reaches(): Reach[] {
    return this.inputs.flatMap((input) =>
      this.#execute(input) === undefined ? [{ input, features: this.#map.features() }] : [],
    );
  }

  run(): void {
    const target = this.#target;
    for (const input of [...target.seeds, ...this.#options.corpus])
      if (this.#hasMore() && this.#reachesMore(input)) this.#add(input);
    const { strings, numbers } = this.#map;
    const dictionary = makeDictionary(strings, numbers, target.dictionary ?? []);
    const mutator = new Mutator(this.#random, target.maxBytes, dictionary);
    while (this.#hasMore()) {
      const input = this.#next(mutator);
      if (target.repair !== undefined && this.#random.below(2) === 0) target.repair(input);
      if (this.#reachesMore(input)) this.#add(this.#trim(input));
      if (this.#shared.inputs % REPORT_INPUTS === 0) this.#look();
    }
    this.#report();
  }

  #next(mutator: Mutator): Uint8Array {
    const [parent, other] = [this.#pool.pick(), this.#pool.any()];
    const isBlind = this.#random.below(2) === 0;
    const suited = isBlind ? undefined : this.#target.mutate?.(parent, other, this.#random);
    return suited?.subarray(0, this.#target.maxBytes) ?? mutator.mutate(parent, other);
  }

  #hasMore(): boolean {
    return this.#shared.inputs < this.#options.inputs && !this.#shared.isStopped;
  }

  /** Runs an input. Tells what is wrong with it, or returns whether it reached something new. */
  #reachesMore(input: Uint8Array): boolean {
    const before = performance.now();
    const finding = this.#execute(input);
    const ms = performance.now() - before;
    if (ms > this.#slowestMs) this.#slowestMs = ms;
    if (finding !== undefined) this.#found(finding);
    else if (ms > this.#options.limitMs) this.#runSlowly(input);
    else return this.#map.hasNew();
    return false;
  }

  #execute(input: Uint8Array): Finding | undefined {
    this.#shared.begin(input);
    this.#map.clear();
    // Stacks cost more than the parsers that throw errors of their own. One is needed only if an error gets here.
    Error.stackTraceLimit = 0;
    const isSound = this.#runOnce(input) === undefined;
    Error.stackTraceLimit = STACK_FRAMES;
    return isSound ? undefined : (this.#runOnce(input) ?? unsteady(input));
  }

  #runOnce(input: Uint8Array): Finding | undefined {
    try {
      this.#target.run(input);
      return undefined;
    } catch (error) {
      return crashOf(error, input);
    }
  }

  #trim(input: Uint8Array): Uint8Array {
    const wanted = this.#map.features();
    return reduce(
      input,
      (smaller) => this.#execute(smaller) === undefined && isSame(this.#map.features(), wanted),
      TRIM_ATTEMPTS,
    );
  }

  #add(input: Uint8Array): void {
    this.#pool.add(input);
    this.#poolBytes += input.length;
  }

  #found({ kind, signature, text, input }: Finding): void {
    if (this.#signatures.has(signature)) return;
    this.#signatures.add(signature);
    const small = reduce(input, (smaller) => this.#execute(smaller)?.signature === signature);
    this.#options.onFinding({ kind, signature, text, input: small });
  }

  #runSlowly(input: Uint8Array): void {
    const copy = input.slice();
    let fastest = Number.POSITIVE_INFINITY;
    for (let run = 0; run < SLOW_RUNS; run++) {
      const before = performance.now();
      this.#execute(copy);
      fastest = Math.min(fastest, performance.now() - before);
    }
    if (fastest <= this.#options.limitMs || this.#signatures.has("slow")) return;
    this.#signatures.add("slow");
    const text = `The input takes ${Math.round(fastest)} ms; the limit is ${this.#options.limitMs} ms.`;
    this.#options.onFinding({ kind: "slow", signature: "slow", text, input: copy });
  }

  #look(): void {
    const now = performance.now();
    if (now >= this.#nextSampleMs) {
      this.#sample();
      this.#nextSampleMs = performance.now() + SAMPLE_MS;
    }
    this.#report();
  }

  #sample(): void {
    const { bytes, leaked } = this.#memory.sample(this.#poolBytes);
    this.#heapBytes = bytes;
    if (leaked === 0 || this.#signatures.has("leak")) return;
    this.#signatures.add("leak");
    const text = `The heap has grown by ${leaked} bytes since the first inputs, ${this.#shared.inputs} inputs ago.`;
    this.#options.onFinding({ kind: "leak", signature: "leak", text, input: this.#shared.input });
  }

  #report(): void {
    this.#shared.report({
      branches: this.#map.branches,
      size: this.#map.size,
      corpus: this.#pool.size,
      slowestMs: this.#slowestMs,
      heapBytes: this.#heapBytes,
    });
  }
}

function unsteady(input: Uint8Array): Finding {
  const text = "The input showed a fault, but not when it ran again: the target remembers something.";
  return { kind: "crash", signature: "unsteady", text, input };
}

function isSame(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
