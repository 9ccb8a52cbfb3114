/** Targets take turns, so that an endless run reaches all of them. */

/** One turn of one target. */
export interface Turn {
  readonly target: string;
  readonly forMs: number;
  readonly inputs: number;
}

/** How much there is to do. */
export interface Budget {
  readonly targets: readonly string[];
  readonly forMs: number;
  readonly inputs: number;
  readonly turnMs: number;
}

/** The turns: one for each target if the time or the number of inputs is limited, otherwise without end. */
export function* turns({ targets, forMs, inputs, turnMs }: Budget): Generator<Turn> {
  const isLimited = Number.isFinite(forMs) || Number.isFinite(inputs);
  const share = (amount: number) => Math.ceil(amount / targets.length);
  do {
    for (const target of targets)
      yield { target, forMs: isLimited ? share(forMs) : turnMs, inputs: isLimited ? share(inputs) : inputs };
  } while (!isLimited);
}
