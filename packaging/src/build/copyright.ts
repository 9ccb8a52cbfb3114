/** debian/copyright: our own licence, that of the runtime, and those of all npm packages whose code is in a bundle. */
import { readdirSync, readFileSync } from "node:fs";
import { ROOT } from "./places.ts";

/** @param included folders of npm packages, relative to the root; @param runtime folder with the runtime's LICENSE */
export function renderCopyright(name: string, included: ReadonlySet<string>, runtime: string): string {
  const packages = [...included].sort().map(describe);
  const stanzas = packages.map(({ npm, version, license, text }) =>
    [
      `Files: usr/lib/${name}/packages/*`,
      `Comment: in the bundled code: ${npm} ${version}`,
      `Copyright: ${holders(text, npm)}`,
      `License: ${word(npm, license)}`,
      indent(text),
    ].join("\n"),
  );
  return `${[
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: peer-to-peer NAT64",
    "",
    "Files: *",
    `Copyright: ${holders(readFileSync(`${ROOT}LICENSE`, "utf8"), "nat64")}`,
    "License: Expat",
    indent(readFileSync(`${ROOT}LICENSE`, "utf8")),
    "",
    `Files: usr/lib/${name}/node`,
    "Copyright: Node.js contributors, and others as below",
    "License: Node.js",
    indent(readFileSync(`${runtime}/LICENSE`, "utf8")),
    ...stanzas.flatMap((stanza) => ["", stanza]),
  ].join("\n")}\n`;
}

interface Described {
  readonly npm: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

function describe(folder: string): Described {
  const manifest = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const { name, version, license = "unknown" } = manifest;
  const file = readdirSync(`${ROOT}${folder}`).find((each) => /^(licen[cs]e|copying)/i.test(each));
  const text =
    file === undefined
      ? `${license}; the package has no text of it.`
      : readFileSync(`${ROOT}${folder}/${file}`, "utf8");
  return { npm: name, version, license, text };
}

/** Each licence text is another one: its copyright line is. */
function word(npm: string, license: string): string {
  return `${license.replaceAll(/[^A-Za-z0-9.-]+/g, "-")}-${npm.replaceAll(/[^a-z0-9]+/gi, "-").replace(/^-/, "")}`;
}

function holders(text: string, npm: string): string {
  const lines = text.split("\n").filter((line) => /^\s*copyright\s*(\(c\)|©|\d)/i.test(line));
  return lines.length === 0
    ? `the authors of ${npm}`
    : lines.map((line) => line.trim().replace(/^copyright\s*(\(c\)|©)?\s*/i, "")).join("\n           ");
}

/** A field of several lines (Debian Policy 5.6.13): a blank before each, a dot for an empty one. */
function indent(text: string): string {
  return text
    .trim()
    .split("\n")
    .map((line) => (line.trim() === "" ? " ." : ` ${line.trimEnd()}`))
    .join("\n");
}
