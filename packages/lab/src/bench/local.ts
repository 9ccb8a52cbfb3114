import type { Lab } from "../netns/lab.ts";
import { startLocal } from "../topology/local.ts";
import { TRANSLATORS } from "../translators/all.ts";
import { type Report, report } from "./report.ts";
import { type Candidate, type RoundOptions, runRounds } from "./rounds.ts";

/** A bench of the local exit. */
export interface LocalBenchOptions extends RoundOptions {
  /** Names of the translators to measure. */
  readonly only: readonly string[];
}

/** Measures client, translator and server without routers between, each translator in a lab of its own. */
export async function benchLocal(options: LocalBenchOptions): Promise<Report> {
  const labs: Lab[] = [];
  try {
    const candidates: Candidate[] = [];
    for (const translator of TRANSLATORS.filter(({ name }) => options.only.includes(name))) {
      options.onProgress(`bringing up ${translator.name}`);
      const topology = await startLocal({ translator });
      labs.push(topology.lab);
      candidates.push({ name: translator.name, topology });
    }
    const { rounds, failures } = await runRounds(candidates, options);
    return report("local", "kernel", options.seconds, rounds, failures);
  } finally {
    for (const lab of labs) lab.down();
  }
}
