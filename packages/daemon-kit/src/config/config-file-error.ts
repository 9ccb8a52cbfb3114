import { type ConfigProblem, formatProblem } from "./problem.ts";

/** A configuration that cannot be used; `message` has a line for each problem. */
export class ConfigFileError extends Error {
  override readonly name: string = "ConfigFileError";
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => formatProblem(file, problem)).join("\n"));
    this.file = file;
    this.problems = problems;
  }
}
