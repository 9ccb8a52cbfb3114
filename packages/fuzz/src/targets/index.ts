/** All targets, in the order in which they take turns. */

const NAMES = [
  "translate",
  "addresses",
  "teredo-datagram",
  "teredo-machines",
  "probes",
  "frames",
  "messages",
  "config-v6peer",
  "config-v4peer",
  "config-coordinator",
  "control",
  "dns64-file",
] as const;

/** A target by its name. */
export interface TargetEntry {
  readonly name: string;
  /** URL of the module that exports it as `target`. */
  readonly module: string;
}

/** Every target. Each of them is a module of its own, so that a worker loads only the code under test. */
export const TARGETS: readonly TargetEntry[] = NAMES.map((name) => ({
  name,
  module: new URL(`./${name}.js`, import.meta.url).href,
}));
