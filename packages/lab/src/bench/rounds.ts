import type { Measurable, Probe, Values } from "./probes/probe.ts";
import type { Failure, Round } from "./report.ts";

/** A topology under measurement. */
export interface Candidate {
  readonly name: string;
  readonly topology: Measurable;
}

/** How rounds are run. */
export interface RoundOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** What is measured, in this order. */
  readonly probes: readonly Probe[];
  /** Told before each probe. */
  readonly onProgress: (text: string) => void;
}

/**
 * Runs the rounds interleaved: each probe goes through all candidates before the next one, so that other load on the
 * machine affects all candidates equally. A probe that fails is noted, and the others continue.
 */
export async function runRounds(
  candidates: readonly Candidate[],
  options: RoundOptions,
): Promise<{ rounds: Round[]; failures: Failure[] }> {
  const rounds: Round[] = [];
  const failures: Failure[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const values: Record<string, Values> = Object.fromEntries(candidates.map(({ name }) => [name, {}]));
    for (const probe of options.probes) {
      for (const candidate of candidates) {
        options.onProgress(`round ${round} of ${options.rounds}: ${probe.title}, ${candidate.name}`);
        const result = await attempt(probe, candidate, options.seconds);
        if (typeof result === "string")
          failures.push({ round, translator: candidate.name, probe: probe.title, reason: result });
        else values[candidate.name] = { ...values[candidate.name], ...result };
      }
    }
    rounds.push(values);
  }
  return { rounds, failures };
}

/** The values, or the reason why there are none. */
async function attempt(probe: Probe, { topology }: Candidate, seconds: number): Promise<Values | string> {
  try {
    return await probe.run(topology, seconds);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
