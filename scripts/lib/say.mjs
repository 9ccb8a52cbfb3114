// Messages of the scripts. They go to standard error, so that --json output on standard output stays clean.

/** Announces a step of the set-up. */
export function step(text) {
  process.stderr.write(`==> ${text}\n`);
}

/** Prints additional information. */
export function note(text) {
  process.stderr.write(`    ${text}\n`);
}

/** Exits with an error: one sentence that says what is wrong and what to do. */
export function fail(text, code = 1) {
  process.stderr.write(`failed: ${text}\n`);
  process.exit(code);
}
