/** Signals that end the program, one after the other. */
export class Signals {
  readonly #come: string[] = [];
  #wake: (() => void) | undefined;

  constructor() {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        this.#come.push(name);
        this.#wake?.();
      });
    }
  }

  async next(): Promise<string> {
    while (this.#come.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#come.shift() as string;
  }
}
