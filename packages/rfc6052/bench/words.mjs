// Measures the lookups of the packet path. Run after a build: `node bench/words.mjs`.
import { compilePrefix, compileRefusals, isGlobalUnicastIPv4, isGlobalUnicastIPv6 } from "@nat64/rfc6052";

const CALLS = 10_000_000;
const ROUNDS = 5;

const wellKnown = compilePrefix("64:ff9b::/96");
const refusals = compileRefusals();

/**
 * Each function takes one random word and returns a value that depends on it, so that V8 cannot optimise the call away.
 */
const questions = {
  "isGlobalUnicastIPv4, random": (word) => Number(isGlobalUnicastIPv4(word)),
  "isGlobalUnicastIPv6, random in 2001:4860::/32": (word) => Number(isGlobalUnicastIPv6(0x20014860, word, word, word)),
  "refusesClientSource, random in 2a00:1450::/32": (word) =>
    Number(refusals.refusesClientSource(0x2a001450, word, word, word)),
  "check and extract, random in 64:ff9b::/96": (word) =>
    wellKnown.check(0x0064ff9b, 0, 0, word) + wellKnown.extract(0, 0, word),
};

for (const [name, question] of Object.entries(questions)) {
  const times = Array.from({ length: ROUNDS }, () => nanosecondsPerCall(question)).sort((a, b) => a - b);
  console.log(`${name}: median ${times[ROUNDS >> 1].toFixed(1)} ns, least ${times[0].toFixed(1)} ns`);
}

function nanosecondsPerCall(question) {
  let word = 1;
  let sum = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
    sum = (sum + question(word)) | 0;
  }
  const elapsed = Number(process.hrtime.bigint() - start);
  if (sum === 0.5) throw new Error("never");
  return elapsed / CALLS;
}
