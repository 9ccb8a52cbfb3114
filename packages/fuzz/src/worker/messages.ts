/** What the watcher and its worker tell each other. */
import type { Finding } from "../findings/finding.ts";

/** The worker's task. */
export interface WorkerTask {
  /** URL of the module that exports the target as `target`. */
  readonly module: string;
  /** Which URLs to instrument, as the source of a regular expression. */
  readonly instrumented: string;
  readonly memory: SharedArrayBuffer;
  readonly seed: number;
  readonly inputs: number;
  readonly limitMs: number;
  readonly corpus: readonly Uint8Array[];
  /** Whether to return only the inputs that are needed to reach what all of them reach. */
  readonly shouldMinimize: boolean;
}

/** A message of the worker. */
export type WorkerMessage =
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "done"; readonly inputs: readonly Uint8Array[] };
