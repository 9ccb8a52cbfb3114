/** Changes text line by line: lines of configuration files come and go, move, and get each other's values. */
import type { Random } from "./random.ts";
import { bytesOfText, textOf } from "./text.ts";

const VALUE = /=\s*(.*)$/;

/** A changed copy. @param other text whose lines and values may be taken */
export function mutateLines(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const lines = textOf(input).split("\n");
  const others = textOf(other).split("\n");
  for (let left = 1 + random.below(4); left > 0; left--) change(lines, others, random);
  return bytesOfText(lines.join("\n"));
}

function change(lines: string[], others: readonly string[], random: Random): void {
  const at = random.below(lines.length);
  const line = lines[at] ?? "";
  const elsewhere = random.below(lines.length);
  switch (random.below(6)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(elsewhere, 0, line);
      break;
    case 2:
      lines[at] = lines[elsewhere];
      lines[elsewhere] = line;
      break;
    case 3:
      lines.splice(at, 0, others[random.below(others.length)]);
      break;
    case 4: // a comment becomes code, or code a comment
      lines[at] = line.startsWith("#") ? line.replace(/^#\s?/, "") : `# ${line}`;
      break;
    default: {
      const value = VALUE.exec(others[random.below(others.length)])?.[1];
      if (value !== undefined) lines[at] = line.replace(VALUE, `= ${value.replaceAll("$", "$$$$")}`);
    }
  }
}
