import { ExitCode, UsageError } from "@nat64/daemon-kit/command-line";
import type { Output } from "../../output/output.ts";
import { writeJson } from "../../output/output.ts";
import { type Probe, probePrefix } from "../../shared-prefixes/probe.ts";
import { probeMany } from "../../shared-prefixes/probe-many.ts";
import { gatherCandidates } from "./gather.ts";
import { describeCandidate } from "./journal.ts";
import { HEADER } from "./managed-text.ts";
import { NO_PREFIX, planOf, prepare } from "./prepare.ts";
import { PrefixSelector } from "./selector.ts";
import type { Dns64Server } from "./servers/index.ts";
import type { Dns64Options } from "./settings.ts";

/** Options of `v6peer dns64 unbound|bind|radvd`. */
export interface PrintOptions extends Dns64Options {
  /** `false`: prefixes are used without probing them. */
  readonly probe: boolean;
}

/** `v6peer dns64 unbound|bind|radvd`: prints configuration. 1 if none of its prefixes works. */
export async function printDns64(name: Dns64Server["name"], options: PrintOptions, output: Output): Promise<number> {
  const { config, server, settings } = prepare(name, options);
  // Report missing options before probing.
  server.whole({ ...planOf(settings, options), prefixes: [], withdrawn: [] });
  const { candidates, notes, listProblem } = await gatherCandidates(settings, options, config);
  if (candidates.length === 0) throw new UsageError(listProblem ?? notes[0] ?? NO_PREFIX);
  const probes = await probeMany(candidates, async (candidate): Promise<Probe> => {
    return options.probe ? probePrefix(candidate, settings) : { health: "up" };
  });
  const selector = new PrefixSelector({ ...settings, failures: 1, interval: 0 }, candidates, 0);
  for (const [index, { nat64Prefix }] of candidates.entries()) selector.note(nat64Prefix, probes[index], 0);
  const prefixes = selector.chosen.map(({ nat64Prefix }) => nat64Prefix);
  const lines = server.whole({ ...planOf(settings, options), prefixes, withdrawn: [] });
  const remarks = [
    ...(listProblem === undefined ? [] : [`the list of prefixes: ${listProblem}`]),
    ...notes,
    ...candidates.flatMap((candidate, index) => {
      const { health, reason } = probes[index];
      return health === "up" ? [] : [`${describeCandidate(candidate)} does not work: ${reason}`];
    }),
    ...(selector.isHealthy ? [] : ["None of the prefixes works at the moment."]),
  ];
  if (options.json) {
    const tried = candidates.map((candidate, index) => ({
      ...candidate,
      ...(options.probe && { seen: probes[index] }),
    }));
    writeJson(output, { server: name, prefixes, works: selector.isHealthy, candidates: tried, remarks, lines });
  } else {
    for (const line of [HEADER, ...server.usage.map((each) => `# ${each}`), ...lines]) output.line(line);
    for (const remark of remarks) process.stderr.write(`v6peer: ${remark}\n`);
  }
  return selector.isHealthy ? ExitCode.ok : ExitCode.failed;
}
