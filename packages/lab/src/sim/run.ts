/** Runs a simulation from beginning to end. */
import { SimulationError } from "@nat64/simnet";
import { checkClosing } from "./scenario/closing-check.ts";
import { ASK_EVERY, type Peaks, watch } from "./scenario/invariants.ts";
import { phasesOf, type ScenarioOptions } from "./scenario/options.ts";
import { plan, type TroubleCounts } from "./scenario/troubles.ts";
import { buildWorld, type World } from "./scenario/world.ts";

/** Lines of the trace that a report of a failure has. */
const TRACE_LINES = 40;
/** Milliseconds between two requests in the closing phase. */
const ASK_EVERY_AT_LAST = 2_000;

/** The result of a simulation. */
export interface Report {
  readonly ok: boolean;
  /** The options; the same options give the same run. */
  readonly options: ScenarioOptions;
  /** Hash over everything that happened. */
  readonly hash: string;
  readonly virtualMs: number;
  readonly events: number;
  readonly packets: number;
  readonly pairs: number;
  readonly working: number;
  /** Requests of clients through all exits that were up, and answers. */
  readonly asked: number;
  readonly answered: number;
  readonly troubles: TroubleCounts;
  readonly peaks: Peaks;
  /** Counters of the coordinator since its last start. */
  readonly coordinator: Readonly<Record<string, unknown>>;
  /** A sentence for each violated condition. */
  readonly faults: readonly string[];
  /** The end of the trace, if there are faults. */
  readonly trace: readonly string[];
}

/** The progress. */
export interface Progress {
  readonly virtualMs: number;
  readonly endMs: number;
  readonly events: number;
  readonly pairs: number;
  readonly pairsUp: number;
}

/** @param onProgress called after each virtual minute */
export function runSimulation(options: ScenarioOptions, onProgress: (progress: Progress) => void = () => {}): Report {
  const world = buildWorld(options);
  const { simulation, v6peers } = world;
  const phases = phasesOf(options);
  const troubles = plan(world, phases);
  const peaks = watch(world);
  const ask = (): void => {
    for (const peer of v6peers) peer.ask();
  };
  simulation.every(ASK_EVERY, ask);
  simulation.at(phases.closing, () => simulation.every(ASK_EVERY_AT_LAST, ask));
  try {
    while (simulation.now < phases.end) {
      simulation.run(Math.min(phases.end, simulation.now + 60_000));
      onProgress(progressOf(world, phases.end));
    }
  } catch (error) {
    if (!(error instanceof SimulationError)) throw error;
    const faults = [error.message, ...(error.cause instanceof Error ? [String(error.cause.stack)] : [])];
    return { ...describe(world, troubles, peaks), ok: false, faults, trace: error.trace };
  }
  const { faults, pairs, working } = checkClosing(world, phases.closing);
  const ok = faults.length === 0;
  const trace = ok ? [] : simulation.trace(TRACE_LINES);
  return { ...describe(world, troubles, peaks), ok, pairs, working, faults, trace };
}

function progressOf({ simulation, coordinator }: World, endMs: number): Progress {
  const { pairs = 0, pairsUp = 0 } = coordinator.machine?.status() ?? {};
  return { virtualMs: simulation.now, endMs, events: simulation.events, pairs, pairsUp };
}

function describe(
  { options, simulation, v6peers, coordinator }: World,
  troubles: TroubleCounts,
  peaks: Peaks,
): Omit<Report, "ok" | "faults" | "trace"> {
  const { proposals, pairsResumed, freshAddresses, bubbles } = coordinator.machine?.counters ?? {};
  return {
    options,
    hash: simulation.hash,
    virtualMs: simulation.now,
    events: simulation.events,
    packets: simulation.statistics().sent,
    pairs: 0,
    working: 0,
    asked: v6peers.reduce((sum, { traffic }) => sum + traffic.asked, 0),
    answered: v6peers.reduce((sum, { traffic }) => sum + traffic.answered, 0),
    troubles,
    peaks,
    coordinator: { proposals, pairsResumed, freshAddresses, bubbles },
  };
}
