/** What a fuzz target is. One module in `targets/` exports one target. */
import type { Random } from "./input/random.ts";

/** A piece of code under test, fed with bytes. */
export interface Target {
  /** The longest input, in bytes. */
  readonly maxBytes: number;
  /** Well-formed inputs to start from. */
  readonly seeds: readonly Uint8Array[];
  /** Byte strings that mutations put into inputs, besides the literals in the code under test. */
  readonly dictionary?: readonly Uint8Array[];
  /**
   * Repairs what blind mutation cannot guess, such as checksums and lengths. Changes `input` in place. Called for half of the
   * inputs, so that the code under test sees broken ones too.
   */
  repair?(input: Uint8Array): void;
  /**
   * Changes an input in a way that suits its format. Returns undefined if it cannot. Called for half of the inputs; the others
   * are changed blindly.
   *
   * @param other another input, to take parts from
   */
  mutate?(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array | undefined;
  /**
   * Runs one input. Throws if the code under test breaks a rule, and lets through whatever it throws itself. Does not change
   * `input`, and does not remember anything that decides how a later input ends.
   */
  run(input: Uint8Array): void;
}

/** Throws if a rule of a target does not hold. The message names the rule. */
export function mustHold(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new BrokenRule(rule);
}

/** A rule of a target does not hold. */
export class BrokenRule extends Error {
  override readonly name: string = "BrokenRule";
}
