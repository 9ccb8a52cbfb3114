/** `npm run pictures`: writes the pictures of the status page to the given directory. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { HAS_CHROMIUM } from "../programs/chromium.ts";
import { takePictures } from "./pictures.ts";

const [directory] = process.argv.slice(2);
const state = mkdtempSync(`${tmpdir()}/nat64-pictures-`);
try {
  if (directory === undefined) throw new Error("no directory given for the screenshots");
  if (!HAS_CHROMIUM) throw new Error("chromium is not installed (on Debian: apt-get install chromium)");
  mkdirSync(directory, { recursive: true });
  await takePictures(directory, state, (text) => void process.stderr.write(`${text}\n`));
  process.stderr.write(`The pictures are in ${directory}.\n`);
} catch (error) {
  process.stderr.write(`failed: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(state, { recursive: true, force: true });
}
