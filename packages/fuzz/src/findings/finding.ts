/** A fault that an input has shown. */
export interface Finding {
  /** `crash`: an exception or a broken rule. `slow` and `hang`: too long. `memory`: the heap is full. `leak`: it only grows. */
  readonly kind: "crash" | "slow" | "hang" | "memory" | "leak";
  /** Findings with the same signature have the same cause, as far as one can tell. */
  readonly signature: string;
  /** What happened, with the stack of an exception. */
  readonly text: string;
  /** The input that shows it; for a leak, the last one. */
  readonly input: Uint8Array;
}

/** The finding that an exception stands for. */
export function crashOf(error: unknown, input: Uint8Array): Finding {
  return { kind: "crash", signature: signatureOf(error), text: textOf(error), input };
}

/** Where an exception came from: its name and the innermost frame in one of our packages. */
export function signatureOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${String(error).slice(0, 80)}`;
  const frame = /\(?file:.*?\/((?:packages|test)\/.*?:\d+):\d+\)?$/m.exec(error.stack ?? "")?.[1] ?? "";
  const rule = error.name === "BrokenRule" ? error.message.replaceAll(/\d+/g, "N") : "";
  return [error.name, frame, rule].filter((part) => part !== "").join(" ");
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : `thrown: ${String(error)}`;
}
