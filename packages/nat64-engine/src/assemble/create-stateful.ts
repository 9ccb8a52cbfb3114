import { compileBlockSet, compileRefusals, DOCUMENTATION_BLOCKS, LABORATORY_BLOCKS } from "@nat64/rfc6052";
import { Bans } from "../bans/bans.ts";
import { compileStateful, type StatefulSettings } from "../config/compile-config.ts";
import type { StatefulConfig } from "../config/config.ts";
import { EngineCounters } from "../counters.ts";
import { localOnly, RendezvousChoice } from "../exits/choose-exit.ts";
import { Drains } from "../exits/drains.ts";
import { LOCAL_EXIT, PeerExits } from "../exits/peer-exits.ts";
import { RefusedDestinations } from "../exits/refused-destinations.ts";
import { FragmentGate } from "../pipeline/look-up/fragment-gate.ts";
import { PeerExitLookUp } from "../pipeline/look-up/peer-exit-look-up.ts";
import { StatefulLookUp } from "../pipeline/look-up/stateful-look-up.ts";
import { ClientSegments } from "../pipeline/own-packets/client-segments.ts";
import { UnknownConnections } from "../pipeline/own-packets/unknown-connections.ts";
import type { Nat64Pipeline } from "../pipeline/pipeline.ts";
import { BanEnder } from "../pipeline/upkeep/ban-ender.ts";
import { ExitEnder } from "../pipeline/upkeep/exit-ender.ts";
import { StatefulUpkeep } from "../pipeline/upkeep/stateful-upkeep.ts";
import type { Nat64State } from "../state/nat64-state.ts";
import { exitOfPoolAddress } from "../state/ports/pool-address.ts";
import { Nat64Prefixes } from "../translate/mapping/nat64-prefixes.ts";
import { assemble } from "./assemble.ts";
import { createState, createWaiting, stateOptions } from "./create-state.ts";
import { type EngineOptions, keyedHash } from "./engine-options.ts";

/** A stateful NAT64 (RFC 6146), with or without peer exits. */
export function createStateful(config: StatefulConfig, options: EngineOptions): Nat64Pipeline {
  const settings = compileStateful(config);
  const counters = options.continues?.counters ?? new EngineCounters();
  const bans = options.continues?.bans ?? new Bans();
  const drains = options.continues?.drains ?? new Drains();
  const exits =
    settings.exitPool === undefined
      ? undefined
      : (options.continues?.exits ?? new PeerExits(drains, keyedHash(options.random)));
  const choice =
    exits === undefined
      ? localOnly(drains)
      : new RendezvousChoice(exits, keyedHash(options.random), settings.localWeight, drains);
  const prefixes = new Nat64Prefixes(settings.prefixes, settings.exitPool);
  const ownIPv6 = Int32Array.from(settings.ownIPv6);
  const allow = settings.allowSpecialPurpose ? LABORATORY_BLOCKS : [];
  // RFC 6146 §3.5: no loops through our own prefixes.
  const refuse = [...settings.prefixes.map((prefix) => prefix.text), ...settings.refusedSources];
  const refusals = compileRefusals({ allow, refuse });
  // An IPv4 peer does not see which selector a client used. So addresses that it publishes from its LAN have to be refused
  // here under other selectors, in a test network, too (design §3).
  const isLabWithPeers = settings.allowSpecialPurpose && exits !== undefined;
  const destinations = isLabWithPeers ? compileRefusals({ allow: DOCUMENTATION_BLOCKS, refuse }) : refusals;
  const refused = new RefusedDestinations(settings.refusedByLocalExit, settings.hostAddresses);
  // Nothing below throws. Up to here the engine that is replaced is unchanged.
  const { held, fragments } = createWaiting(settings, counters.drops, options.continues?.carriedState, options.random);
  const state = createState(
    { ...stateOptions(settings, exits, held, prefixes.first, options), exits: choice, drains, bans },
    options.continues?.carriedState?.state,
  );
  endSessionsToHost(state, settings, options.continues?.carriedState?.settings);
  if (exits !== undefined) exits.onAdded = (exit) => state.ports.grant(exit, exits.ports(exit));
  const gate = new FragmentGate(fragments);
  const peerExits =
    exits === undefined || settings.exitPool === undefined
      ? undefined
      : new PeerExitLookUp({
          state,
          exits,
          pool: settings.exitPool,
          prefixes,
          fragments: gate,
          destinations,
          ownIPv6,
          bans,
        });
  const { hairpinning } = settings;
  return assemble(settings, options.random, counters, refusals, (emitter, own) => {
    const segments = new ClientSegments(state, prefixes, emitter);
    const ender = new ExitEnder(state, segments, emitter, counters);
    const banEnder = new BanEnder(bans, state, ender, emitter);
    return {
      lookUp: new StatefulLookUp({
        state,
        prefixes,
        fragments: gate,
        refusals,
        destinations,
        refused,
        hairpinning,
        ownIPv6,
        exits,
        peerExits,
        bans,
      }),
      upkeep: new StatefulUpkeep({
        state,
        held,
        fragments,
        prefixes,
        segments,
        ender,
        banEnder,
        emitter,
        own,
        counters,
      }),
      carriedState: { state, held, fragments, settings },
      ender,
      drains,
      bans,
      banEnder,
      ...(settings.resetsUnknownConnections && {
        unknownConnections: new UnknownConnections(state, emitter, counters, keyedHash(options.random)),
      }),
      isOwnIPv4Shared: settings.pool.some(({ address }) => address === settings.ownIPv4),
      ...(exits && { exits }),
    };
  });
}

/** Clients' sessions with addresses that this host did not have before: from now on only this host opens any. */
function endSessionsToHost(state: Nat64State, settings: StatefulSettings, before: StatefulSettings | undefined): void {
  const isOld = new Set(before?.hostAddresses.map(({ words, length }) => `${words[0]}/${length}`));
  const added = settings.hostAddresses.filter(({ words, length }) => !isOld.has(`${words[0]}/${length}`));
  if (before === undefined || added.length === 0) return;
  const blocks = compileBlockSet(added);
  state.endWhere((session) => {
    const pool = state.bindings.poolAddress(state.sessions.binding(session));
    return exitOfPoolAddress(pool) === LOCAL_EXIT && blocks.hasIPv4(state.sessions.remoteAddress(session));
  });
}
