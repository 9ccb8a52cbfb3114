/** A target for the configuration file of a daemon. */
import { readFileSync } from "node:fs";
import { mutateLines } from "../input/mutate-lines.ts";
import { bytesOfText, textOf } from "../input/text.ts";
import { mustHold, type Target } from "../target.ts";

/** What is wrong with a file, as the daemons tell it. */
interface Problem {
  readonly line?: number;
  readonly column?: number;
  readonly key: string;
  readonly message: string;
}

const MAX_BYTES = 6000;
const STACK = /\n\s+at |node:internal|\[object Object\]|undefined is not|Cannot read prop/;

/**
 * Makes a target: a text is a configuration, or its problems are sentences with a place in the file.
 *
 * @param example path of the example file, from the packages' folder
 */
export function configTarget(
  example: string,
  parse: (text: string) => object | readonly Problem[],
  more: readonly string[],
): Target {
  const text = readFileSync(new URL(`../../../${example}`, import.meta.url), "utf8");
  const bare = withoutComments(text);
  return {
    maxBytes: MAX_BYTES,
    // Every option of the example, commented out or not, and only those in use.
    seeds: [bare, withoutComments(text.replaceAll(/^# ?(?=[[a-z])/gm, "")), ...more].map(bytesOfText),
    mutate: mutateLines,
    run(input) {
      const lines = textOf(input).split("\n").length;
      const parsed = parse(textOf(input));
      if (!Array.isArray(parsed)) return;
      mustHold(parsed.length > 0, "a configuration is refused with a reason");
      for (const problem of parsed as readonly Problem[]) mustBeSentence(problem, lines);
    },
  };
}

function mustBeSentence({ line, column, message }: Problem, lines: number): void {
  mustHold(message.trim().length > 0 && !STACK.test(message), "a problem is a sentence");
  mustHold(line === undefined || (line >= 1 && line <= lines), "a problem is at a line of the file");
  mustHold(column === undefined || column >= 1, "a problem is at a column");
}

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*#.*\n/gm, "").replaceAll(/\n{2,}/g, "\n");
}
