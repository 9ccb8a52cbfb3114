/** The order in which test files start: the longest first, so that no long one is left over at the end with idle workers beside it. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Seconds that files take, by their path from the root; those that take little are missing. `npm test -- --write-seconds` writes it. */
export const SECONDS_FILE: string = fileURLToPath(new URL("seconds.json", import.meta.url));

/** What a file that is not in the list is taken for: short, but not the shortest. */
const UNKNOWN_SECONDS = 2;

/** Orders files by group first, as Vitest does, and then by the time that they take. */
export class LongestFirst extends BaseSequencer {
  readonly #seconds: Readonly<Record<string, number>> = JSON.parse(readFileSync(SECONDS_FILE, "utf8"));

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const group = ({ project }: TestSpecification): number => project.config.sequence.groupOrder;
    return [...files].sort((a, b) => group(a) - group(b) || this.#secondsOf(b) - this.#secondsOf(a));
  }

  #secondsOf({ moduleId }: TestSpecification): number {
    return this.#seconds[relative(ROOT, moduleId)] ?? UNKNOWN_SECONDS;
  }
}
