import { buildPeer, type PeerOptions, type PeerTopology } from "../../topology/peer.ts";
import type { RunningTranslator } from "../translator.ts";
import type { PeerTranslator } from "./translator.ts";

/** A peer topology with a running translator. */
export interface RunningPeerTopology<Running extends RunningTranslator = RunningTranslator> extends PeerTopology {
  readonly translator: Running;
}

/** Builds the topology and starts its translator. If anything fails, nothing is left behind. */
export async function startPeer<Running extends RunningTranslator>(
  translator: PeerTranslator<Running>,
  options: Omit<PeerOptions, "relay"> = {},
): Promise<RunningPeerTopology<Running>> {
  const topology = await buildPeer({ ...options, relay: translator.relay });
  try {
    return { ...topology, translator: await translator.start(topology) };
  } catch (error) {
    topology.lab.down();
    throw error;
  }
}
