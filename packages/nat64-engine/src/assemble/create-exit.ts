import { Bans } from "../bans/bans.ts";
import {
  compileCommon,
  DEFAULT_FRAGMENT_SECONDS,
  DEFAULT_FRAGMENTED_PACKETS,
  DEFAULT_HELD_BYTES,
  integer,
} from "../config/compile-config.ts";
import type { ExitConfig } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import { EngineCounters } from "../counters.ts";
import { CarriedFlows } from "../exits/carried-flows.ts";
import { MAX_PAIRS, MAX_PAIRS_OF_ENGINE, Pairs } from "../exits/pairs.ts";
import { ExitLookUp } from "../pipeline/look-up/exit-look-up.ts";
import { FragmentGate } from "../pipeline/look-up/fragment-gate.ts";
import type { Nat64Pipeline } from "../pipeline/pipeline.ts";
import { FragmentUpkeep } from "../pipeline/upkeep/fragment-upkeep.ts";
import { Fragments } from "../state/fragments/fragments.ts";
import { HeldPackets } from "../state/held/held-packets.ts";
import { assemble, NO_REFUSALS } from "./assemble.ts";
import { type EngineOptions, keyedHash } from "./engine-options.ts";

/** The translator of an IPv4 peer. */
export function createExit(config: ExitConfig, options: EngineOptions): Nat64Pipeline {
  const settings = compileCommon(config);
  const counters = options.continues?.counters ?? new EngineCounters();
  const held = new HeldPackets(config.heldBytes ?? DEFAULT_HELD_BYTES, keyedHash(options.random));
  const fragments = new Fragments(
    config.fragmentedPackets ?? DEFAULT_FRAGMENTED_PACKETS,
    held,
    keyedHash(options.random),
    DEFAULT_FRAGMENT_SECONDS * 1000,
    counters.drops,
    settings.computesZeroChecksum,
  );
  const capacity = integer("pairs", config.pairs ?? MAX_PAIRS, 1, MAX_PAIRS_OF_ENGINE);
  const before = options.continues?.pairs;
  if (before !== undefined && before.capacity !== capacity)
    throw new ConfigError("pairs", "cannot change while there are pairs.");
  const pairs = before ?? new Pairs(capacity);
  const flows = new CarriedFlows(capacity, keyedHash(options.random));
  pairs.onRemoved = (place) => flows.forget(place);
  const bans = options.continues?.bans ?? new Bans();
  return assemble(
    settings,
    options.random,
    counters,
    NO_REFUSALS,
    () => ({
      lookUp: new ExitLookUp(pairs, new FragmentGate(fragments), flows, bans),
      upkeep: new FragmentUpkeep(fragments, held),
      pairs,
      bans,
    }),
    true,
  );
}
