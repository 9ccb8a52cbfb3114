import type { Lab } from "../netns/lab.ts";
import type { Measurable } from "./probes/probe.ts";
import { type Report, report } from "./report.ts";
import { type Candidate, type RoundOptions, runRounds } from "./rounds.ts";
import { settingNow } from "./setting.ts";

/** A candidate for measurement, before its start. */
export interface Contender {
  /** A short name, also the key in the results. */
  readonly name: string;
  /** The program and its version, if known. */
  readonly version?: (() => Promise<string | undefined>) | undefined;
  /** Brings it up in a lab of its own. */
  start(): Promise<Measurable & { readonly lab: Lab }>;
}

/** Brings all contenders up, measures them in interleaved rounds, and takes them down. */
export async function runBench(name: string, contenders: readonly Contender[], options: RoundOptions): Promise<Report> {
  const labs: Lab[] = [];
  try {
    const candidates: Candidate[] = [];
    const setting = await settingNow(await Promise.all(contenders.map((each) => each.version?.())), options.seconds);
    for (const contender of contenders) {
      options.onProgress(`starting ${contender.name}`);
      const topology = await contender.start();
      labs.push(topology.lab);
      candidates.push({ name: contender.name, topology });
    }
    const { rounds, failures } = await runRounds(candidates, options);
    return report(name, "kernel", setting, rounds, failures);
  } finally {
    for (const lab of labs) lab.down();
  }
}
