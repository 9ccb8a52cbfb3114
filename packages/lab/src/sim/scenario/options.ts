/** Options of a simulation of the whole network. */

export interface ScenarioOptions {
  /** An integer; the same one gives the same run. */
  readonly seed: number;
  /** IPv6 peers, 1 … 1,000. */
  readonly v6: number;
  /** IPv4 peers, 1 … 10,000. */
  readonly v4: number;
  /** Virtual hours. */
  readonly hours: number;
  /** Probability, in each direction, that a packet is lost on the access link of a peer: between two peers twice that. */
  readonly loss: number;
  /** How often the coordinator is killed and comes back. */
  readonly restarts: number;
  /** Number of exits that each IPv6 peer wants. */
  readonly exits: number;
  /** Number of IPv6 peers that share a relay. */
  readonly peersPerRelay: number;
}

export const DEFAULTS: ScenarioOptions = {
  seed: 1,
  v6: 100,
  v4: 1_000,
  hours: 1,
  loss: 0.05,
  restarts: 2,
  exits: 10,
  peersPerRelay: 10,
};

/** The phases, in virtual milliseconds. */
export interface Phases {
  /** The phase of trouble starts here … */
  readonly trouble: number;
  /** … and ends here; then only loss and timeouts are left, and everything must recover. */
  readonly quiet: number;
  /** From here to the end, every pair must carry an answer. */
  readonly closing: number;
  readonly end: number;
}

/** Recovery time: the coordinator keeps a lost peer's pairs for five minutes, plus a margin. */
const MENDING = 480_000;
const CLOSING = 60_000;

export function phasesOf({ hours }: Pick<ScenarioOptions, "hours">): Phases {
  const end = Math.round(hours * 3_600_000);
  const closing = end - CLOSING;
  const quiet = closing - MENDING;
  return { trouble: Math.min(60_000, quiet), quiet, closing, end };
}

/** The shortest simulation, without trouble other than packet loss. */
export const SHORTEST_HOURS: number = (MENDING + CLOSING + 60_000) / 3_600_000;
