/** One question: @clack/prompts, with our way to refuse an answer and to go away. */
import { isCancel, text } from "@clack/prompts";

/** Whoever was asked has gone away (Ctrl-C, Escape). */
export class Cancelled extends Error {
  override readonly name: string = "Cancelled";
}

/** A question that is answered by a line of text. */
export interface TextQuestion {
  readonly message: string;
  readonly placeholder?: string;
  readonly initialValue?: string;
  /** What to say when nothing is answered; left out where nothing will do. */
  readonly needed?: string;
  readonly complain: (value: string) => string | undefined;
}

/** Asks until the answer is good; `""` where nothing will do. Throws {@link Cancelled}. */
export async function askText({ needed, complain, ...question }: TextQuestion): Promise<string> {
  const validate = (typed: string | undefined) => {
    const value = (typed ?? "").trim();
    return value === "" ? needed : complain(value);
  };
  return answered(await text({ ...question, validate })).trim();
}

/** The answer. Throws {@link Cancelled} when there is none. */
export function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (isCancel(answer)) throw new Cancelled("cancelled");
  return answer as Exclude<Value, symbol>;
}
