/** Why the machine of an IPv4 peer drops a datagram: a stable code and a counter each. */
import { PROBE_FAULTS, type ProbeFault } from "@nat64/peer-protocol";

const OWN = {
  malformed: "No Teredo datagram.",
  "unknown-destination": "The destination is not the Teredo address of an active pair.",
  "relay-not-validated": "Data from a relay that is not validated for the pair.",
  "relay-not-global": "The sender's address cannot belong to a relay: it is not global, or it is our own.",
  "uninvited-bubble": "A bubble that came directly from a relay. Only bubbles through the coordinator are answered.",
  "probe-rate": "The pair's rate limit for probes was reached.",
  "bad-advertisement": "Claims to be the coordinator's Router Advertisement, but is not.",
  "bubble-refused": "A bubble that must not be answered, or the rate limit for bubbles was reached.",
} as const;

/** Stable code of a reason to drop something. */
export type V4DropReason = Exclude<ProbeFault, "not-a-probe"> | keyof typeof OWN;

const { "not-a-probe": _, ...probeFaults } = PROBE_FAULTS;

/** A sentence for people for each reason. */
export const V4_DROP_REASONS: Readonly<Record<V4DropReason, string>> = { ...probeFaults, ...OWN };

/** Counts since the start. */
export interface V4PeerCounters {
  probesAnswered: number;
  relaysValidated: number;
  bubblesSent: number;
  readonly drops: Record<V4DropReason, number>;
}

export function makeV4PeerCounters(): V4PeerCounters {
  const drops = Object.fromEntries(Object.keys(V4_DROP_REASONS).map((code) => [code, 0]));
  return { probesAnswered: 0, relaysValidated: 0, bubblesSent: 0, drops: drops as V4PeerCounters["drops"] };
}
