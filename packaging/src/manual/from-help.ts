import type { CommandEntry, OptionEntry } from "./command-tree.ts";

const OPTION = /^\s+((?:-\w, )?--[a-z0-9-]+)(?: ([A-Z][^\s]*))?\s{2,}(\S.*)$/;
const COMMAND = /^([a-z][a-z0-9-]*)\s{2,}(\S.*)$/;

/** The tree of a program whose `--help` has a first line `name: what`, "Usage:", commands, options and further paragraphs. */
export function fromHelp(help: string): CommandEntry {
  const [head, ...paragraphs] = help.trimEnd().split("\n\n");
  const [, name, summary] = /^(\S+): ([\s\S]*)$/.exec(head) as RegExpExecArray;
  const usage = paragraphs.find((each) => each.startsWith("Usage:")) ?? "";
  const rest = paragraphs.filter((each) => each !== usage);
  return {
    name,
    summary: summary.replaceAll("\n", " "),
    usage: usage
      .replace("Usage:", "      ")
      .split("\n")
      .map((line) => line.trim()),
    options: rest.flatMap((each) => entries(each, OPTION)).map(toOption),
    commands: rest
      .flatMap((each) => entries(each, COMMAND))
      .map(([command, , description]) => ({
        name: command,
        summary: description,
        usage: [],
        options: [],
        commands: [],
        text: [],
      })),
    text: rest.filter((each) => !each.split("\n").some((line) => OPTION.test(line) || COMMAND.test(line))),
  };
}

/** Lines that match, as `[first, second, description]`, with the indented ones that continue them. */
function entries(paragraph: string, pattern: RegExp): [string, string | undefined, string][] {
  const found: [string, string | undefined, string][] = [];
  for (const line of paragraph.split("\n")) {
    const match = pattern.exec(line);
    const last = found.at(-1);
    if (match !== null) found.push([match[1], match.length > 3 ? match[2] : undefined, match[match.length - 1]]);
    else if (last !== undefined) last[2] += ` ${line.trim()}`;
  }
  return found;
}

function toOption([flags, argument, description]: [string, string | undefined, string]): OptionEntry {
  return { flags: flags.split(", "), argument, description };
}
