/** What a program can be asked for: the one source of man pages and completions, read from the program itself. */

/** An option as its help shows it. */
export interface OptionEntry {
  /** With the leading dashes, the short one first if there is one. */
  readonly flags: readonly string[];
  /** What it takes, as in `FILE`; nothing for a switch. */
  readonly argument?: string | undefined;
  readonly description: string;
}

/** A program or one of its commands. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Command lines as `Usage:` shows them. */
  readonly usage: readonly string[];
  readonly options: readonly OptionEntry[];
  readonly commands: readonly CommandEntry[];
  /** Further paragraphs. */
  readonly text: readonly string[];
}
