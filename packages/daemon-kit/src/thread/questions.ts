interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Questions that wait for their answers, by number. */
export class Questions {
  readonly #waiting = new Map<number, Waiting>();
  readonly #whom: string;

  /** @param whom who answers, for sentences */
  constructor(whom: string) {
    this.#whom = whom;
  }

  /** Settles with the answer; rejects when there is none within `timeout` milliseconds. */
  expect(id: number, timeout: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#take(id)?.reject(new Error(`${this.#whom} did not answer within ${timeout / 1000} seconds`));
      }, timeout);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  answer(id: number, value: unknown): void {
    this.#take(id)?.resolve(value);
  }

  refuse(id: number, error: Error): void {
    this.#take(id)?.reject(error);
  }

  refuseAll(error: Error): void {
    for (const id of [...this.#waiting.keys()]) this.refuse(id, error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}
