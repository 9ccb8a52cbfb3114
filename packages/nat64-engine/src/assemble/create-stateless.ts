import { compileRefusals, LABORATORY_BLOCKS } from "@nat64/rfc6052";
import { Bans } from "../bans/bans.ts";
import { compileStateless } from "../config/compile-stateless.ts";
import type { StatelessConfig } from "../config/config.ts";
import { StatelessLookUp } from "../pipeline/look-up/stateless-look-up.ts";
import type { Nat64Pipeline } from "../pipeline/pipeline.ts";
import { NO_UPKEEP } from "../pipeline/upkeep/upkeep.ts";
import { assemble, NO_REFUSALS } from "./assemble.ts";
import type { EngineOptions } from "./engine-options.ts";

/** A stateless translator (RFC 7915). */
export function createStateless(config: StatelessConfig, options: EngineOptions): Nat64Pipeline {
  const settings = compileStateless(config);
  const refusals = compileRefusals({ allow: settings.allowSpecialPurpose ? LABORATORY_BLOCKS : [] });
  const bans = options.continues?.bans ?? new Bans();
  // Hosts with mapped addresses, including private ones, need ICMP errors: no source is refused an answer.
  return assemble(settings, options.random, options.continues?.counters, NO_REFUSALS, () => ({
    lookUp: new StatelessLookUp(refusals, settings, bans),
    upkeep: NO_UPKEEP,
    bans,
  }));
}
