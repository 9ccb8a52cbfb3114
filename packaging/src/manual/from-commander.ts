import type { Command } from "commander";
import type { CommandEntry } from "./command-tree.ts";

/** The tree of a program that is made with commander. */
export function fromCommander(command: Command, path = ""): CommandEntry {
  const name = `${path}${command.name()}`;
  const help = command.createHelp();
  const visible = help.visibleArguments(command);
  return {
    name: command.name(),
    summary: command.description(),
    usage: [`${name} ${command.usage()}`.trim()],
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      argument: /[<[](.+)[>\]]/.exec(option.flags)?.[1],
      description: help.optionDescription(option),
    })),
    commands: help
      .visibleCommands(command)
      .filter((each) => each.name() !== "help")
      .map((each) => fromCommander(each, `${name} `)),
    text: [
      ...visible.map((argument) => `${argument.name()}: ${help.argumentDescription(argument)}`),
      ...textAfterHelp(command),
    ],
  };
}

/** The paragraphs that a command adds to its help. */
function textAfterHelp(command: Command): readonly string[] {
  let written = "";
  command.configureOutput({
    writeOut: (text) => {
      written += text;
    },
  });
  command.outputHelp();
  const after = written.slice(written.indexOf(command.helpInformation()) + command.helpInformation().length);
  return after.split("\n\n").flatMap((each) => (each.trim() === "" ? [] : [each.trim()]));
}
