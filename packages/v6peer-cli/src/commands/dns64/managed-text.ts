/** The text of a configuration file, written as a whole or only between two marker lines. */
import { UsageError } from "@nat64/daemon-kit/command-line";

/** Begins every file that is ours. Comments in all of the servers' languages begin with "#". */
export const HEADER = "# Written by v6peer dns64.";

/** In a file of the operator, the lines between these markers are ours. */
export const MARKERS = { begin: "# begin v6peer dns64", end: "# end v6peer dns64" } as const;

/** What to write. */
export interface FileContent {
  /** Lines of a file of its own. */
  readonly whole: () => readonly string[];
  /** Lines between the markers. */
  readonly part: () => readonly string[];
}

/**
 * The text after writing. Throws a `UsageError` if the file must not be written.
 *
 * @param path of the file, for the error
 * @param before its text; undefined if it does not exist
 */
export function managedText(path: string, before: string | undefined, content: FileContent): string {
  return before !== undefined && hasMarkers(before) ? between(before, content.part()) : whole(path, before, content);
}

function whole(path: string, before: string | undefined, content: FileContent): string {
  refuseForeign(path, before);
  return `${[`${HEADER} Your changes here will be lost.`, ...content.whole()].join("\n")}\n`;
}

/** Throws a `UsageError` if a file without markers is somebody else's. */
export function refuseForeign(path: string, before: string | undefined): void {
  if (before === undefined || before.trim() === "" || before.startsWith(HEADER)) return;
  throw new UsageError(
    `${path} was not written by v6peer dns64, so it is not changed. Use a different one with --file, or mark a place in it with the two lines "${MARKERS.begin}" and "${MARKERS.end}"`,
  );
}

/** Whether a text has both markers, on lines of their own. */
export function hasMarkers(text: string): boolean {
  return markedLines(text.split("\n")) !== undefined;
}

/** The numbers of the lines with the markers; none where they are not on lines of their own, in this order. */
function markedLines(lines: readonly string[]): { readonly begin: number; readonly end: number } | undefined {
  const begin = lines.findIndex((line) => line.includes(MARKERS.begin));
  const end = lines.findIndex((line, index) => index > begin && line.includes(MARKERS.end));
  return begin < 0 || end < 0 ? undefined : { begin, end };
}

/** Keeps the marker lines, and indents the lines between them like the first marker. */
function between(text: string, part: readonly string[]): string {
  const lines = text.split("\n");
  const marked = markedLines(lines);
  if (marked === undefined) return text;
  const indent = /^\s*/.exec(lines[marked.begin])?.[0] ?? "";
  return [...lines.slice(0, marked.begin + 1), ...part.map((line) => indent + line), ...lines.slice(marked.end)].join(
    "\n",
  );
}
