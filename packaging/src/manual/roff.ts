/** Text for man(7). */

/** Where a page stands and what surrounds it. */
export interface Page {
  readonly name: string;
  readonly section: number;
  readonly summary: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Pages that are named at the end, as in `v6peerd(8)`. */
  readonly seeAlso: readonly string[];
}

/** A whole page around its body. */
export function renderPage({ name, section, summary, time, seeAlso }: Page, body: readonly string[]): string {
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  return `${[
    `.TH ${name.toUpperCase()} ${section} ${date} "peer-to-peer NAT64"`,
    ".SH NAME",
    `${plain(name)} \\- ${plain(summary)}`,
    ...body,
    ".SH SEE ALSO",
    seeAlso
      .map((page) => page.replace(/^(.*)(\(\d\))$/, (_, title, number) => `\\fB${plain(title)}\\fR${number}`))
      .join(", "),
  ].join("\n")}\n`;
}

/** Text that roff leaves as it is. */
export function plain(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replace(/^([.'])/gm, "\\&$1");
}

/** Lines that stay lines. */
export function verbatim(lines: readonly string[]): readonly string[] {
  return [".PP", ".RS 4", ".nf", ...lines.map(plain), ".fi", ".RE"];
}
