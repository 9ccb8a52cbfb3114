/** Whether the guides name existing programs, commands, options, files and sections, and the indexes list every page. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { V4PEER, V6PEER, V6PEERD } from "../src/index.ts";
import { commandOf } from "../src/programs/daemon.ts";

const DOCS = fileURLToPath(new URL("../../../docs/", import.meta.url));
const GUIDES = ["operator-guide.md", "ipv4-peer-guide.md", "troubleshooting.md"];

/** The programs of ours, by the name under which the guides speak of them. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  v6peer: V6PEER,
  v6peerd: V6PEERD,
  v4peer: V4PEER,
  "nat64-coordinator": commandOf("@nat64/coordinator", "nat64-coordinator"),
};

const textOf = (file: string): string => readFileSync(join(DOCS, file), "utf8");

/** Command lines of our programs: after a prompt in a console block, and in code between words. */
function commandLines(text: string): string[] {
  const blocks = [...text.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block]) =>
    block.split("\n").flatMap((line) => /^[$#] (.*)/.exec(line)?.[1] ?? []),
  );
  const prose = text.replaceAll(/^```.*?^```/gms, "").replaceAll(/\s+/g, " ");
  const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code);
  const isOurs = (line: string) => Object.hasOwn(PROGRAMS, line.split(" ")[0]);
  return [...new Set([...blocks, ...inline].map((line) => line.replace(/ {2,}#.*/, "").trim()).filter(isOurs))];
}

const helps = new Map<string, { readonly code: number | null; readonly text: string }>();

/** The help of a program, or of one of its commands. */
function helpOf(program: string, commands: readonly string[]): { readonly code: number | null; readonly text: string } {
  const key = [program, ...commands].join(" ");
  const known = helps.get(key);
  if (known !== undefined) return known;
  const [node, ...argv] = [...PROGRAMS[program], ...commands, "--help"];
  const { status, stdout } = spawnSync(node, argv, { encoding: "utf8", timeout: 20_000 });
  const help = { code: status, text: stdout };
  helps.set(key, help);
  return help;
}

/** The words of a command line that name a command: of `v6peer dns64` its second word is one, too. */
function commandsIn(program: string, words: readonly string[]): readonly string[] {
  if (!/\bcommand\b|^ {7}v4peer /im.test(helpOf(program, []).text) || words.length === 0 || words[0].startsWith("-"))
    return [];
  return words[0] === "dns64" && words.length > 1 ? words.slice(0, 2) : [words[0]];
}

describe.each(GUIDES)("docs/%s", (file) => {
  const text = textOf(file);

  it.each(commandLines(text))("%s is there", (line) => {
    const [program, ...words] = line.split(/\s+/);
    const commands = commandsIn(program, words);
    const { code, text: help } = helpOf(program, commands);
    expect(code, help).toBe(0);
    if (commands.length > 0) expect(help).toContain(`${program} ${commands.join(" ")}`);
    for (const option of words.filter((word) => /^--\w/.test(word))) {
      expect(help, option).toMatch(new RegExp(`(^|[\\s|[])${option}\\b`, "m"));
    }
  });

  it("names existing files and sections", () => {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path, section] = target.split("#");
      const linked = path === "" ? join(DOCS, file) : join(DOCS, path);
      expect(existsSync(linked), target).toBe(true);
      if (section !== undefined) expect(sectionsOf(linked), target).toContain(section);
    }
  });

  it("has a code block's language on each", () => {
    const fences = text.split("\n").filter((line) => line.startsWith("```"));
    expect(fences.length % 2).toBe(0);
    for (const fence of fences.filter((_, index) => index % 2 === 0)) expect(fence).toMatch(/^```(console|text|toml)$/);
  });
});

/** Anchors of a page: those written out, and those that headings get. */
function sectionsOf(path: string): readonly string[] {
  if (!existsSync(path) || !path.endsWith(".md")) return [];
  const text = readFileSync(path, "utf8");
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id)];
}

it("alert rules name sections that there are", () => {
  const rules = readFileSync(join(DOCS, "../packages/v6peer-daemon/alerts/v6peerd.rules.yml"), "utf8");
  const named = [...rules.matchAll(/\bdocs\/(\S+\.md)#(\S+)/g)].map(([, page, section]) => ({ page, section }));
  expect(named.length).toBeGreaterThan(5);
  for (const { page, section } of named) expect(sectionsOf(join(DOCS, page)), page).toContain(section);
});

it.each(GUIDES)("there are command lines in docs/%s to look at", (file) => {
  expect(commandLines(textOf(file)).length).toBeGreaterThan(5);
});

/** The files of the repository that a page links to. */
function linkedFrom(page: string): readonly string[] {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target);
  return links.filter((target) => !/^https?:/.test(target)).map((target) => join(dirname(page), target));
}

/** The Markdown pages in a folder, without its own index. */
function pagesIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  return names.map((name) => join(folder, name));
}

const PACKAGES = join(DOCS, "../packages");
const READMES = readdirSync(PACKAGES).map((name) => join(PACKAGES, name, "README.md"));

it.each([
  ["docs/README.md", join(DOCS, "README.md"), [...pagesIn(DOCS), ...READMES.filter((path) => existsSync(path))]],
  ["docs/decisions/README.md", join(DOCS, "decisions/README.md"), pagesIn(join(DOCS, "decisions"))],
])("%s links to every page, and to no missing file", (_, index, pages) => {
  const linked = linkedFrom(index);
  expect(linked).toEqual(expect.arrayContaining([...pages]));
  for (const target of linked) expect(existsSync(target), target).toBe(true);
});

it("the README links to the index, and to files that exist", () => {
  const linked = linkedFrom(join(DOCS, "../README.md"));
  expect(linked).toContain(join(DOCS, "README.md"));
  for (const target of linked) expect(existsSync(target), target).toBe(true);
});
