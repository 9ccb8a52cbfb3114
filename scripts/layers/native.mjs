// Who uses whom among C files. A .c file and its header are one node, named "path/name.[ch]". It uses another one when it
// includes that one's header or names one of its functions: a header for many files would otherwise hide a circle.
import { readFileSync } from "node:fs";
import { dirname, posix } from "node:path";

const INCLUDE = /^\s*#\s*include\s*"([^"]+)"/gm;
/** A function that other files can call: it begins a line, is not static, and has a body. */
const DEFINITION = /^(?!static\b|typedef\b)[A-Za-z_][\w\s*]*?\b(\w+)\([^;{}]*\)\s*\{/gm;
const COMMENTS_AND_STRINGS = /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"/g;

/** A map from each node to the set of the nodes that it uses. */
export function nativeGraph(root, files) {
  const texts = files.map((file) => ({ file, text: readFileSync(`${root}${file}`, "utf8") }));
  const codes = texts.map(({ file, text }) => ({ file, code: text.replaceAll(COMMENTS_AND_STRINGS, " ") }));
  const graph = new Map(files.map((file) => [nodeOf(file), new Set()]));
  const add = (file, target) => {
    const [from, to] = [nodeOf(file), nodeOf(target)];
    if (from !== to && graph.has(to)) graph.get(from).add(to);
  };

  for (const { file, text } of texts)
    for (const [, name] of text.matchAll(INCLUDE))
      for (const folder of foldersAbove(file)) if (files.includes(`${folder}/${name}`)) add(file, `${folder}/${name}`);

  const homes = new Map();
  for (const { file, code } of codes)
    for (const [, name] of code.matchAll(DEFINITION)) homes.set(name, homes.has(name) ? undefined : file); // such as main
  for (const { file, code } of codes)
    for (const name of new Set(code.match(/\b[A-Za-z_]\w*\b/g)))
      if (file.endsWith(".c") && homes.get(name) !== undefined) add(file, homes.get(name));
  return graph;
}

/** Where the compiler looks for a header: beside the file, and in the folders above it up to `native`. */
function foldersAbove(file) {
  const folders = [];
  for (let folder = dirname(file); folder !== "."; folder = posix.dirname(folder)) folders.push(folder);
  return folders;
}

function nodeOf(file) {
  return file.replace(/\.[ch]$/, ".[ch]");
}
