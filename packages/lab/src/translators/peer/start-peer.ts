import { buildPeer, type PeerOptions, type PeerTopology } from "../../topology/peer.ts";
import type { RunningTranslator } from "../translator.ts";
import type { PeerTranslator } from "./translator.ts";

/** A peer topology whose translator is up. */
export interface RunningPeerTopology<Running extends RunningTranslator = RunningTranslator> extends PeerTopology {
  readonly translator: Running;
}

/** Builds the topology and starts what carries packets over it. Whatever fails, nothing stays behind. */
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
