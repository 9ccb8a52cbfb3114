import type { Host } from "../../netns/host.ts";
import type { RunningTranslator } from "../../translators/translator.ts";

/** What a probe needs of a topology: two ends, and what carries packets between them. */
export interface Measurable {
  readonly client: Host;
  readonly server: Host;
  readonly translator: RunningTranslator;
}

/**
 * Values by the key of their metric; metrics that a translator does not have (such as CPU of a process) are omitted.
 */
export type Values = Readonly<Record<string, number>>;

/** Drives traffic through a topology for some seconds and returns values of some metrics. */
export interface Probe {
  /** Its name for `--probes`. */
  readonly name: string;
  /** Its title, for the progress output. */
  readonly title: string;
  run(topology: Measurable, seconds: number): Promise<Values>;
}

/** Bytes of a gigabyte. */
export const GB = 1e9;

/** Bytes of a megabyte. */
export const MB = 1e6;

/** The sum of some numbers. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
