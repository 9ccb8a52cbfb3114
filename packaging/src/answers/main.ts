/**
 * What the maintainer scripts of the packages run: debconf's answers on one side, the configuration file on the other,
 * the daemon's own judgement between them.
 *
 *   answers PACKAGE read FILE              prints name=answer lines
 *   answers PACKAGE refuse NAME ANSWER     says what is wrong with an answer, with 1; or nothing, with 0
 *   answers PACKAGE write FILE             puts the name=answer lines of standard input into the file, or makes it;
 *                                          says what is wrong, with 1, and leaves the file as it was;
 *                                          2 when too little was answered to make one
 */
import { readFileSync } from "node:fs";
import { formatProblem } from "@nat64/daemon-kit/config";
import { applyAnswers, readAnswers, refuseAnswer } from "./apply.ts";
import { COORDINATOR } from "./coordinator.ts";
import type { Questionnaire } from "./question.ts";
import { replaceFile } from "./replace-file.ts";
import { V4PEER } from "./v4peer.ts";
import { V6PEER } from "./v6peer.ts";

const QUESTIONNAIRES: Readonly<Record<string, Questionnaire>> = {
  v6peer: V6PEER,
  v4peer: V4PEER,
  "nat64-coordinator": COORDINATOR,
};

const TOO_LITTLE = 2;

const [name, task, ...rest] = process.argv.slice(2);
process.exitCode = run();

function run(): number {
  const questionnaire = QUESTIONNAIRES[name];
  if (questionnaire === undefined) return 64;
  if (task === "read") return read(questionnaire, rest[0]);
  if (task === "refuse") return say(refuseAnswer(questionnaire, rest[0], rest[1]));
  if (task === "write") return write(questionnaire, rest[0]);
  return 64;
}

function read(questionnaire: Questionnaire, path: string): number {
  const answers = readAnswers(questionnaire, readFileSync(path, "utf8"));
  if ("key" in answers) return say(formatProblem(path, answers));
  for (const [question, answer] of answers) process.stdout.write(`${question}=${answer}\n`);
  return 0;
}

function write(questionnaire: Questionnaire, path: string): number {
  const lines = readFileSync(0, "utf8").split("\n");
  const answers = new Map(
    lines
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1).trim()]),
  );
  const before = readIfThere(path);
  if (before === undefined && !questionnaire.isEnough(answers)) return TOO_LITTLE;
  const applied = applyAnswers(questionnaire, before, answers);
  if ("problems" in applied) return say(applied.problems.map((each) => formatProblem(path, each)).join("\n"));
  if (applied.text !== before) replaceFile(path, applied.text);
  return 0;
}

function say(problem: string | undefined): number {
  if (problem === undefined) return 0;
  process.stdout.write(`${problem}\n`);
  return 1;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
