/** Answers and files, as values. */
import { type ConfigProblem, parseToml } from "@nat64/daemon-kit/config";
import type { Data, Questionnaire } from "./question.ts";

/** What a file answers, by the names of the questions; the problem, if it is no TOML. */
export function readAnswers({ questions }: Questionnaire, text: string): ReadonlyMap<string, string> | ConfigProblem {
  const document = parseToml(text);
  if (!("data" in document)) return document;
  const data = document.data as Data;
  return new Map(questions.map((question) => [question.name, question.read(data)]));
}

/** What the daemon says against one answer; nothing when it is good, or when nothing is answered. */
export function refuseAnswer(
  { questions, sample, check }: Questionnaire,
  name: string,
  answer: string,
): string | undefined {
  const question = questions.find((each) => each.name === name);
  if (question === undefined || answer === "") return undefined;
  const problems = check(question.write(sample, answer));
  return problems.find(({ key }) => question.keys.some((each) => key === each || key.startsWith(`${each}[`)))?.message;
}

/** A file with the answers in it, or why there is none. */
export type Applied = { readonly text: string } | { readonly problems: readonly ConfigProblem[] };

/**
 * Puts answers into a file: only those that differ from what the file says already, so that what people wrote stays.
 *
 * @param text the file, or nothing where there is none yet
 */
export function applyAnswers(
  questionnaire: Questionnaire,
  text: string | undefined,
  answers: ReadonlyMap<string, string>,
): Applied {
  const before = text ?? questionnaire.head;
  const said = readAnswers(questionnaire, before);
  if ("key" in said) return { problems: [said] };
  let after = before;
  for (const question of questionnaire.questions) {
    const answer = answers.get(question.name);
    if (answer !== undefined && answer !== said.get(question.name)) after = question.write(after, answer);
  }
  const problems = questionnaire.check(after);
  return problems.length > 0 ? { problems } : { text: after };
}
