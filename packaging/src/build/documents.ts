/** Man pages and completions of a package, from its programs and the example of its configuration. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createProgram as createCoordinator } from "@nat64/coordinator/program";
import { createProgram as createV4Peer } from "@nat64/v4peer-daemon/program";
import { createProgram as createV6Peer } from "@nat64/v6peer-cli/program";
import { createProgram as createV6PeerDaemon } from "@nat64/v6peer-daemon/program";
import type { Command } from "commander";
import type { CommandEntry } from "../manual/command-tree.ts";
import { bashCompletion, fishCompletion } from "../manual/completions.ts";
import { configPage } from "../manual/config-page.ts";
import { fromCommander } from "../manual/from-commander.ts";
import { programPage } from "../manual/program-page.ts";
import { ROOT } from "./places.ts";
import type { Program, Recipe } from "./recipes.ts";

/** Writes them below `target`; debhelper compresses what is to be compressed. @param time seconds since 1970 */
export function writeDocuments({ programs, example }: Recipe, target: string, time: number): void {
  const pages = [...programs.map(({ command, section }) => `${command}(${section})`), `${example.page}(5)`];
  const others = (own: string): readonly string[] => pages.filter((page) => page !== own);
  const put = (folder: string, file: string, text: string): void => {
    mkdirSync(`${target}/usr/share/${folder}`, { recursive: true });
    writeFileSync(`${target}/usr/share/${folder}/${file}`, text);
  };
  for (const program of programs) {
    const { command, section } = program;
    const tree = treeOf(program);
    const page = programPage(tree, { section, time, seeAlso: others(`${command}(${section})`) });
    put(`man/man${section}`, `${command}.${section}`, page);
    put("bash-completion/completions", command, bashCompletion(tree));
    put("fish/vendor_completions.d", `${command}.fish`, fishCompletion(tree));
  }
  const text = readFileSync(`${ROOT}packages/${example.from}/${example.file}`, "utf8");
  const [{ command }] = programs;
  const summary = `configuration of ${command}`;
  const page = { name: example.page, section: 5, summary, time, seeAlso: others(`${example.page}(5)`) };
  put("man/man5", `${example.page}.5`, configPage(text, page));
}

/** The tree of a program, as it is in this checkout. */
export function treeOf({ command }: Pick<Program, "command">): CommandEntry {
  return fromCommander(PROGRAMS[command]());
}

/** The command lines of the programs, which are described and never run. */
const PROGRAMS: Readonly<Record<string, () => Command>> = {
  v6peer: () => {
    const colors = new Proxy({}, { get: () => String }) as never;
    return createV6Peer({ line: () => {}, colors, isTerminal: false }, () => {});
  },
  v6peerd: () => createV6PeerDaemon(() => {}),
  v4peer: () => createV4Peer(() => {}),
  "nat64-coordinator": () => createCoordinator(() => {}),
};
