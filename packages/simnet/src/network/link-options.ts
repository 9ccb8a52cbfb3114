import { SimulationError } from "../simulation-error.ts";

/** How a link treats packets, in one direction. Each link has its own random number stream. */
export interface LinkOptions {
  /** Milliseconds from one end to the other; default 0. */
  readonly latencyMs?: number;
  /** Maximum additional milliseconds, evenly distributed; packets keep their order. Default 0. */
  readonly jitterMs?: number;
  /** Probability that a packet is lost; default 0. */
  readonly loss?: number;
  /** Probability that a packet is delayed so that later ones overtake it; default 0. */
  readonly reorder?: number;
  /** Maximum delay of such a packet, or of a duplicate, in milliseconds; default 20. */
  readonly reorderMs?: number;
  /** Probability that a packet arrives twice; default 0. */
  readonly duplicate?: number;
  /** Bytes per second, IP header included; default unlimited. */
  readonly bandwidth?: number;
  /** Queue size in bytes in front of a link of limited bandwidth; default 65,536. */
  readonly queueBytes?: number;
}

/** Options of both directions, and overrides for one of them. */
export interface BothWaysOptions extends LinkOptions {
  /** Away from the node; of a path, from its first node to its second. */
  readonly out?: LinkOptions;
  /** Towards the node; of a path, from its second node to its first. */
  readonly in?: LinkOptions;
}

const DEFAULTS: Required<LinkOptions> = {
  latencyMs: 0,
  jitterMs: 0,
  loss: 0,
  reorder: 0,
  reorderMs: 20,
  duplicate: 0,
  bandwidth: Number.POSITIVE_INFINITY,
  queueBytes: 65_536,
};
const PROBABILITIES: readonly (keyof LinkOptions)[] = ["loss", "reorder", "duplicate"];

/** Fills in the defaults. Refuses invalid values. */
export function completeLinkOptions(options: LinkOptions): Required<LinkOptions> {
  const complete = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof LinkOptions)[]) {
    const value = options[key] ?? DEFAULTS[key];
    const highest = PROBABILITIES.includes(key) ? 1 : Number.POSITIVE_INFINITY;
    const isGood = value >= 0 && value <= highest && (key !== "bandwidth" || value > 0);
    if (!isGood) throw new SimulationError("bad-option", `The ${key} of a link cannot be ${value}.`);
    complete[key] = value;
  }
  return complete;
}
