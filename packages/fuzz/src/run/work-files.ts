/** Where inputs are kept: the corpus in the repository, inputs that later runs have found, and findings. */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCorpusFile, writeCorpusFile } from "../corpus/corpus-file.ts";
import type { Finding } from "../findings/finding.ts";

const HOME = fileURLToPath(new URL("../../", import.meta.url));

/** The file of a target's corpus, which is part of the repository. */
export function corpusPath(target: string): string {
  return join(HOME, "corpus", `${target}.txt`);
}

/** The file of inputs that runs on this machine have found; git ignores it. */
function foundPath(target: string): string {
  return join(HOME, "found", `${target}.txt`);
}

/** All inputs to start from. */
export function readInputs(target: string): Uint8Array[] {
  return [...readCorpusFile(corpusPath(target)), ...readCorpusFile(foundPath(target))];
}

/** Keeps inputs for the next run. */
export function keepFound(target: string, inputs: readonly Uint8Array[]): void {
  if (inputs.length > 0) writeCorpusFile(foundPath(target), inputs);
}

/** Writes the corpus of the repository, and forgets what only this machine has found. */
export function saveCorpus(target: string, inputs: readonly Uint8Array[]): void {
  writeCorpusFile(corpusPath(target), inputs);
  rmSync(foundPath(target), { force: true });
}

/** Writes the input of a finding to a file, with the text beside it. Returns the path of the input. */
export function writeFinding(folder: string, target: string, finding: Finding): string {
  mkdirSync(folder, { recursive: true });
  const name = createHash("sha256").update(finding.input).digest("hex").slice(0, 12);
  const path = join(folder, `${target}-${finding.kind}-${name}.input`);
  writeFileSync(path, finding.input);
  writeFileSync(`${path}.txt`, `${finding.signature}\n\n${finding.text}\n`);
  return path;
}
