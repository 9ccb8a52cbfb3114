import { Lab } from "../netns/lab.ts";
import { buildLocal, type LocalTopology, type LocalTopologyOptions } from "../topology/local.ts";
import type { RunningTranslator, Translator } from "./translator.ts";

/** Options of a local topology, and its translator. */
export interface LocalOptions<Running extends RunningTranslator = RunningTranslator>
  extends Omit<LocalTopologyOptions, "ipv6Server"> {
  readonly translator: Translator<Running>;
}

/** A local topology with a running translator. */
export interface RunningLocalTopology<Running extends RunningTranslator = RunningTranslator> extends LocalTopology {
  readonly translator: Running;
}

/** Builds the topology and starts its translator. If anything fails, nothing is left behind. */
export async function startLocal<Running extends RunningTranslator>(
  options: LocalOptions<Running>,
): Promise<RunningLocalTopology<Running>> {
  const lab = Lab.create();
  try {
    const topology = await buildLocal(lab, { ...options, ipv6Server: options.translator.needsIpv6Server });
    return { ...topology, translator: await options.translator.start(topology) };
  } catch (error) {
    lab.down();
    throw error;
  }
}
