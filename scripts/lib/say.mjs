// What the scripts say. Progress goes to standard error, so that --json leaves standard output alone.

/** A step of the set-up begins. */
export function step(text) {
  process.stderr.write(`==> ${text}\n`);
}

/** Something worth knowing. */
export function note(text) {
  process.stderr.write(`    ${text}\n`);
}

/** Ends the program: one sentence that says what was wrong and what to do. */
export function fail(text, code = 1) {
  process.stderr.write(`failed: ${text}\n`);
  process.exit(code);
}
