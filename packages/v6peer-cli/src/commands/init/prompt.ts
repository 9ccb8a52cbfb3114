/** One question with @clack/prompts, with validation and cancellation. */
import { isCancel, text } from "@clack/prompts";

/** The user cancelled (Ctrl-C, Escape). */
export class Cancelled extends Error {
  override readonly name: string = "Cancelled";
}

/** A question with a line of text as its answer. */
export interface TextQuestion {
  readonly message: string;
  readonly placeholder?: string;
  readonly initialValue?: string;
  /** The message for an empty answer; missing if an empty answer is allowed. */
  readonly needed?: string;
  readonly complain: (value: string) => string | undefined;
}

/** Asks until the answer is valid; `""` if that is allowed. Throws {@link Cancelled}. */
export async function askText({ needed, complain, ...question }: TextQuestion): Promise<string> {
  const validate = (typed: string | undefined) => {
    const value = (typed ?? "").trim();
    return value === "" ? needed : complain(value);
  };
  return answered(await text({ ...question, validate })).trim();
}

/** The answer. Throws {@link Cancelled} if the user cancelled. */
export function answered<Value>(answer: Value): Exclude<Value, symbol> {
  if (isCancel(answer)) throw new Cancelled("cancelled");
  return answer as Exclude<Value, symbol>;
}
