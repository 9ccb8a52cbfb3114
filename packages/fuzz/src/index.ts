/** Coverage-guided fuzzing: targets, and the loop that runs them. */
export { readCorpusFile, writeCorpusFile } from "./corpus/corpus-file.ts";
export type { Finding } from "./findings/finding.ts";
export { type FuzzOptions, type FuzzResult, fuzzTarget } from "./run/fuzz-target.ts";
export { corpusPath } from "./run/work-files.ts";
export { mustHold, type Target } from "./target.ts";
export { TARGETS, type TargetEntry } from "./targets/index.ts";
