/** What the installation of a package asks, and what an answer does to the configuration file. */
import type { ConfigProblem } from "@nat64/daemon-kit/config";

/** Data of a TOML file. */
export type Data = Readonly<Record<string, unknown>>;

/** One question. An answer is text; that of a yes-or-no question "true" or "false"; empty where nothing is wanted. */
export interface Question {
  /** As debconf has it behind the name of the package. */
  readonly name: string;
  /** What the file answers; "" where it says nothing, or more than an answer can. */
  read(data: Data): string;
  /** The file with another answer. */
  write(text: string, answer: string): string;
  /** Keys whose problems are this answer's. */
  readonly keys: readonly string[];
}

/** What one package asks. */
export interface Questionnaire {
  readonly questions: readonly Question[];
  /** How a file begins that the installation makes. */
  readonly head: string;
  /** Text that is a good file, to try a single answer in. */
  readonly sample: string;
  /** Whether the answers are enough to begin with; otherwise no file is made. */
  isEnough(answers: ReadonlyMap<string, string>): boolean;
  /** What the daemon says of a file. */
  check(text: string): readonly ConfigProblem[];
}
