/** Validates answers with the daemon's own rules, on the file that the answers produce. */
import { type ConfigProblem, parseConfig } from "@nat64/v6peer-daemon/config";
import type { Answers } from "./answers.ts";
import { renderConfig } from "./render.ts";

/** All problems of the file that the answers produce. */
export function problemsOf(answers: Answers): readonly ConfigProblem[] {
  const parsed = parseConfig(renderConfig(answers));
  return "file" in parsed ? [] : parsed;
}

/**
 * The problem with the answer to one question, independently of the others; `undefined` if it is valid.
 *
 * @param key of the configuration file: "prefix", "coordinator.pin"
 */
export function complaintAbout(key: string, answer: Partial<Answers>): string | undefined {
  const answers = { ...VALID, ...answer };
  const about = (each: ConfigProblem) => each.key === key || each.key.startsWith(`${key}[`);
  return problemsOf(answers).find((each) => about(each) || each.key === "")?.message;
}

/** Valid answers. */
const VALID: Answers = {
  prefix: "2001:db8::/80",
  lab: true,
  exits: "local",
  pool: [],
  relay: "system",
};
