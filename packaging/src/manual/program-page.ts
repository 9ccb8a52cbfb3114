import type { CommandEntry, OptionEntry } from "./command-tree.ts";
import { type Page, plain, renderPage, verbatim } from "./roff.ts";

/** The page of a program. */
export function programPage(program: CommandEntry, page: Omit<Page, "name" | "summary">): string {
  const { name, summary, usage, options, commands, text } = program;
  const [first] = summary.split(/\.(?: |$)/);
  const exits = text.filter((each) => each.startsWith("Exit codes:"));
  return renderPage({ ...page, name, summary: first }, [
    ".SH SYNOPSIS",
    ...usage.flatMap((line) => [".br", plain(line)]),
    ".SH DESCRIPTION",
    plain(summary),
    ...text.filter((each) => !exits.includes(each)).flatMap((each) => [".PP", plain(each)]),
    ...(commands.length > 0 ? [".SH COMMANDS", ...commands.flatMap((each) => renderCommand(each))] : []),
    ...(options.length > 0 ? [".SH OPTIONS", ...options.flatMap(renderOption)] : []),
    ...(exits.length > 0 ? [".SH EXIT STATUS", ...exits.flatMap(renderExits)] : []),
  ]);
}

/** "Exit codes:" with a line for each, or all of them in a sentence. */
function renderExits(text: string): readonly string[] {
  const lines = [...text.matchAll(/^ +(\d+) +(.*)$/gm)];
  if (lines.length === 0) return [plain(text.replace("Exit codes: ", ""))];
  return lines.flatMap(([, code, meaning]) => [".TP", `\\fB${code}\\fR`, plain(meaning)]);
}

function renderCommand(command: CommandEntry, prefix = ""): readonly string[] {
  const { name, summary, usage, options, commands, text } = command;
  if (usage.length === 0) return [".TP", `\\fB${plain(name)}\\fR`, plain(summary)];
  return [
    `.SS "${plain(prefix + name)}"`,
    plain(summary),
    ...verbatim(usage),
    ...text.flatMap((each) => [".PP", plain(each)]),
    ...options.filter(({ flags }) => !flags.includes("--help")).flatMap(renderOption),
    ...commands.flatMap((each) => renderCommand(each, `${prefix}${name} `)),
  ];
}

function renderOption({ flags, argument, description }: OptionEntry): readonly string[] {
  const names = flags.map((flag) => `\\fB${plain(flag)}\\fR`).join(", ");
  return [".TP", argument === undefined ? names : `${names} \\fI${plain(argument)}\\fR`, plain(description)];
}
