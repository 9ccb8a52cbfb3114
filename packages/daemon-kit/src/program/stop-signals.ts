/** SIGTERM and SIGINT: the first asks the daemon to stop, the second to stop at once. */
export class StopSignals {
  /** Resolves with the name of the first signal. */
  readonly first: Promise<string>;
  readonly #forceStop = new AbortController();

  /** Listens from now on, so that no signal ends the process half-way through its set-up. */
  constructor() {
    let resolveFirst: (name: string) => void;
    let count = 0;
    this.first = new Promise((resolve) => {
      resolveFirst = resolve;
    });
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.on(name, () => {
        if (++count === 1) resolveFirst(name);
        else this.#forceStop.abort();
      });
    }
  }

  /** Aborted by the second signal. */
  get forceStop(): AbortSignal {
    return this.#forceStop.signal;
  }
}
