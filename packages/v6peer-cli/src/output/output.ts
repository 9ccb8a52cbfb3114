/** What the command writes: to standard output, with colours for people only. */
import { createColors } from "picocolors";

/** Where a command writes, and how. */
export interface Output {
  /** Writes a line. */
  readonly line: (text?: string) => void;
  readonly colors: ReturnType<typeof createColors>;
  /** Whether a person looks at it: standard output is a terminal. */
  readonly isTerminal: boolean;
}

/** Standard output; colours only on a terminal and without NO_COLOR (no-color.org). */
export function standardOutput(): Output {
  const isTerminal = process.stdout.isTTY === true;
  const isPlain = (process.env.NO_COLOR ?? "") !== "" || process.env.TERM === "dumb";
  return {
    line: (text = "") => {
      process.stdout.write(`${text}\n`);
    },
    colors: createColors(isTerminal && !isPlain),
    isTerminal,
  };
}

/** Writes a value as JSON, indented. */
export function writeJson(output: Output, value: unknown): void {
  output.line(JSON.stringify(value, null, 2));
}

/** Lines of two columns, the first padded. */
export function twoColumns(rows: readonly (readonly [string, string])[], indent = ""): readonly string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${indent}${label.padEnd(width)}  ${value}`);
}

/** Lines of as many columns as the first row has, each as wide as it has to be; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd(),
  );
}
