/** Whether answers are good: the daemon's own rules decide, on the file that they would become. */
import { type ConfigProblem, parseConfig } from "@nat64/v6peer-daemon/config";
import type { Answers } from "./answers.ts";
import { renderConfig } from "./render.ts";

/** Everything that is wrong with the file that the answers make. */
export function problemsOf(answers: Answers): readonly ConfigProblem[] {
  const parsed = parseConfig(renderConfig(answers));
  return "file" in parsed ? [] : parsed;
}

/**
 * What is wrong with the answer to one question, whatever the others are; nothing if it is good.
 *
 * @param key of the configuration file: "prefix", "coordinator.pin"
 */
export function complaintAbout(key: string, answer: Partial<Answers>): string | undefined {
  const answers = { ...GOOD, ...answer };
  const about = (each: ConfigProblem) => each.key === key || each.key.startsWith(`${key}[`);
  return problemsOf(answers).find((each) => about(each) || each.key === "")?.message;
}

/** Answers that nothing is wrong with. */
const GOOD: Answers = {
  prefix: "2001:db8::/80",
  lab: true,
  exits: "local",
  pool: [],
  relay: "system",
};
