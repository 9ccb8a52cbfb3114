/** Runs one target in a worker and watches it: a worker that hangs or dies is a finding, too. */
import { Worker } from "node:worker_threads";
import type { Finding } from "../findings/finding.ts";
import type { WorkerMessage, WorkerTask } from "../worker/messages.ts";
import { SharedInput, type WorkerState } from "../worker/shared-input.ts";

const WORKER = new URL("../worker/worker.js", import.meta.url);
/** The code under test: what the packages are compiled to, except this one. */
const OUR_PACKAGES = "/packages/(?!fuzz/)[^/]+/dist/";
/** How often the watcher looks, in milliseconds. */
const LOOK_MS = 100;
/** An input that runs this many times as long as the limit hangs: it is ended. */
const HANG_FACTOR = 10;
const HEAP_MEGABYTES = 1024;

/** How to run a target. */
export interface FuzzOptions {
  /** URL of the module that exports the target as `target`. */
  readonly module: string;
  /** Which URLs to instrument, as the source of a regular expression; default: all packages but this one. */
  readonly instrumented?: string;
  /** The same seed gives the same inputs. */
  readonly seed: number;
  /** Inputs to start from, besides the target's seeds. */
  readonly corpus: readonly Uint8Array[];
  /** The run ends after so many inputs, or milliseconds. Default: never. */
  readonly inputs?: number;
  readonly forMs?: number;
  /** An input that takes longer is a finding. Default one second. */
  readonly limitMs?: number;
  /** An input that needs more heap is a finding. Default 1024. */
  readonly heapMegabytes?: number;
  /** Whether to return only the inputs that are needed to reach what all of them reach; default false. */
  readonly shouldMinimize?: boolean;
  readonly onFinding: (finding: Finding) => void;
  /** Called about ten times a second. */
  readonly onProgress?: (inputs: number, state: WorkerState) => void;
  /** Ends the run. */
  readonly signal?: AbortSignal;
}

/** The result of a run. */
export interface FuzzResult {
  /** How many inputs ran. */
  readonly inputs: number;
  readonly state: WorkerState;
  /** Inputs that reached something new, in this run or before; empty if the worker hung or died. */
  readonly corpus: readonly Uint8Array[];
}

/** Runs a target until its time or number of inputs is over. Throws if the target cannot be loaded. */
export async function fuzzTarget(options: FuzzOptions): Promise<FuzzResult> {
  const limitMs = options.limitMs ?? 1000;
  const heapMegabytes = options.heapMegabytes ?? HEAP_MEGABYTES;
  const shared = new SharedInput();
  const task: WorkerTask = {
    module: options.module,
    instrumented: options.instrumented ?? OUR_PACKAGES,
    memory: shared.memory,
    seed: options.seed,
    inputs: options.inputs ?? Number.POSITIVE_INFINITY,
    limitMs,
    corpus: options.corpus,
    shouldMinimize: options.shouldMinimize ?? false,
  };
  const worker = new Worker(WORKER, { workerData: task, resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } });
  let corpus: readonly Uint8Array[] = [];
  let failure: unknown;
  worker.on("message", (message: WorkerMessage) => {
    if (message.kind === "finding") options.onFinding(message.finding);
    else corpus = message.inputs;
  });
  worker.on("error", (error) => {
    if (isOutOfMemory(error)) options.onFinding(memoryFinding(shared, heapMegabytes));
    else failure = error;
  });
  const stopWatching = watch(worker, shared, limitMs * HANG_FACTOR, options);
  await new Promise((resolve) => worker.once("exit", resolve));
  stopWatching();
  if (failure !== undefined) throw failure;
  return { inputs: shared.inputs, state: shared.state, corpus };
}

function watch(worker: Worker, shared: SharedInput, hangMs: number, options: FuzzOptions): () => void {
  let lastInputs = 0;
  let sinceMs = performance.now();
  const endMs = sinceMs + (options.forMs ?? Number.POSITIVE_INFINITY);
  const timer = setInterval(() => {
    const now = performance.now();
    const { inputs } = shared;
    if (inputs !== lastInputs || inputs === 0) sinceMs = now;
    lastInputs = inputs;
    options.onProgress?.(inputs, shared.state);
    if (now >= endMs || options.signal?.aborted) shared.stop();
    if (now - sinceMs < hangMs) return;
    const text = `The input has not ended after ${Math.round(now - sinceMs)} ms.`;
    sinceMs = Number.POSITIVE_INFINITY; // tell it once
    options.onFinding({ kind: "hang", signature: "hang", text, input: shared.input });
    void worker.terminate();
  }, LOOK_MS);
  return () => clearInterval(timer);
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function memoryFinding(shared: SharedInput, heapMegabytes: number): Finding {
  const text = `The heap is full: more than ${heapMegabytes} MiB.`;
  return { kind: "memory", signature: "memory", text, input: shared.input };
}
