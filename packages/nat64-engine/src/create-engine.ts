import { compileRefusals, LABORATORY_BLOCKS, type Refusals } from "@nat64/rfc6052";
import { createBatch } from "./batch.ts";
import {
  type CommonSettings,
  compileCommon,
  compileStateful,
  DEFAULT_FRAGMENT_SECONDS,
  DEFAULT_FRAGMENTED_PACKETS,
  DEFAULT_HELD_BYTES,
  type StatefulSettings,
} from "./compile-config.ts";
import { compileStateless } from "./compile-stateless.ts";
import type { ExitConfig, Nat64Config, StatefulConfig, StatelessConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { EngineCounters } from "./counters.ts";
import { LOCAL_ONLY, RendezvousChoice } from "./exits/choose-exit.ts";
import { Pairs } from "./exits/pairs.ts";
import { LOCAL_EXIT, MAX_PEER_EXITS, PeerExits } from "./exits/peer-exits.ts";
import { UNLIMITED } from "./limits/client-table.ts";
import { ClientSegments } from "./pipeline/client-segments.ts";
import { Emitter } from "./pipeline/emit.ts";
import { ExitEnder } from "./pipeline/exit-ender.ts";
import { ExitLookUp } from "./pipeline/exit-look-up.ts";
import { FragmentGate } from "./pipeline/fragment-gate.ts";
import { FragmentUpkeep } from "./pipeline/fragment-upkeep.ts";
import { Nat64Prefixes } from "./pipeline/nat64-prefixes.ts";
import { OwnPackets } from "./pipeline/own-packets.ts";
import { PeerExitLookUp } from "./pipeline/peer-exit-look-up.ts";
import { Nat64Pipeline, type PipelineParts } from "./pipeline/pipeline.ts";
import { StatefulLookUp } from "./pipeline/stateful-look-up.ts";
import { StatefulUpkeep } from "./pipeline/stateful-upkeep.ts";
import { StatelessLookUp } from "./pipeline/stateless-look-up.ts";
import { NO_UPKEEP } from "./pipeline/upkeep.ts";
import { Fragments } from "./state/fragments.ts";
import { HeldPackets } from "./state/held-packets.ts";
import { KeyedHash } from "./state/keyed-hash.ts";
import { StateMemoryError } from "./state/memory-header.ts";
import { Nat64State, stateBytes } from "./state/nat64-state.ts";
import { PEER_EXIT_POOL } from "./state/pool.ts";
import { protocolIndex } from "./state/protocol-index.ts";
import type { StateOptions } from "./state/state-options.ts";
import { TranslateSettings } from "./translate/settings.ts";

/** What the engine cannot make itself. */
export interface EngineOptions {
  /** Random 32-bit words, signed or not: seeds for hashes and ports. Must not be foreseeable: `crypto`, not `Math`. */
  readonly random: () => number;
  /** Milliseconds on the clock of all later calls; default 0. */
  readonly now?: number;
  /**
   * An engine that this one replaces: its sessions (when both are stateful) and its counters go on. It must not be used
   * any more. Prefixes have to be the same and in the same order; fragments and SYNs that it held are lost.
   */
  readonly continues?: Nat64Pipeline;
}

/** Makes the engine for the batch door. Throws a `ConfigError` that names the field. */
export function createEngine(config: Nat64Config, options: EngineOptions): Nat64Pipeline {
  switch (config.mode) {
    case "stateful":
      return createStateful(config, options);
    case "stateless":
      return createStateless(config, options);
    case "exit":
      return createExit(config, options);
  }
}

function createExit(config: ExitConfig, options: EngineOptions): Nat64Pipeline {
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
  const pairs = options.continues?.pairs ?? new Pairs();
  return assemble(
    settings,
    options.random,
    counters,
    NO_REFUSALS,
    () => ({
      lookUp: new ExitLookUp(pairs, new FragmentGate(fragments)),
      upkeep: new FragmentUpkeep(fragments, held),
      pairs,
    }),
    true,
  );
}

function createStateless(config: StatelessConfig, options: EngineOptions): Nat64Pipeline {
  const settings = compileStateless(config);
  const refusals = compileRefusals({ allow: settings.allowSpecialPurpose ? LABORATORY_BLOCKS : [] });
  // Hosts with mapped addresses, private ones too, have to hear of errors: nobody is left without an answer.
  return assemble(settings, options.random, options.continues?.counters, NO_REFUSALS, () => ({
    lookUp: new StatelessLookUp(refusals, settings),
    upkeep: NO_UPKEEP,
  }));
}

function createStateful(config: StatefulConfig, options: EngineOptions): Nat64Pipeline {
  const settings = compileStateful(config);
  const counters = options.continues?.counters ?? new EngineCounters();
  const held = new HeldPackets(settings.tables.heldBytes, keyedHash(options.random));
  const exits = settings.exitPool === undefined ? undefined : (options.continues?.exits ?? new PeerExits());
  const choice =
    exits === undefined ? LOCAL_ONLY : new RendezvousChoice(exits, keyedHash(options.random), settings.localWeight);
  const prefixes = new Nat64Prefixes(settings.prefixes, settings.exitPool);
  const state = createState(
    { ...stateOptions(settings, held, prefixes.first, options), exits: choice },
    options.continues?.memory,
  );
  if (exits !== undefined) limitPorts(exits, state);
  const fragments = new Fragments(
    settings.tables.fragmentedPackets,
    held,
    keyedHash(options.random),
    settings.timers.fragment * 1000,
    counters.drops,
    settings.computesZeroChecksum,
  );
  const gate = new FragmentGate(fragments);
  const ownIPv6 = Int32Array.from(settings.ownIPv6);
  const refusals = compileRefusals({
    allow: settings.allowSpecialPurpose ? LABORATORY_BLOCKS : [],
    // RFC 6146 §3.5: no loops through our own prefixes.
    refuse: [...settings.prefixes.map((prefix) => prefix.text), ...settings.refusedSources],
  });
  const peerExits =
    exits === undefined || settings.exitPool === undefined
      ? undefined
      : new PeerExitLookUp({ state, exits, pool: settings.exitPool, prefixes, fragments: gate, ownIPv6 });
  const { hairpinning } = settings;
  return assemble(settings, options.random, counters, refusals, (emitter, own) => {
    const segments = new ClientSegments(state, prefixes, emitter);
    const ender = new ExitEnder(state, segments, emitter);
    return {
      lookUp: new StatefulLookUp({
        state,
        prefixes,
        fragments: gate,
        refusals,
        hairpinning,
        ownIPv6,
        exits,
        peerExits,
      }),
      upkeep: new StatefulUpkeep({ state, held, fragments, prefixes, segments, ender, emitter, own, counters }),
      memory: state.buffer,
      ender,
      ...(exits && { exits }),
    };
  });
}

/** Keeps each exit to the block of ports that its IPv4 peer granted, those that are there already too. */
function limitPorts(exits: PeerExits, state: Nat64State): void {
  exits.onAdded = (exit) => state.ports.limit(exit, exits.ports(exit));
  for (let exit = 1; exit <= MAX_PEER_EXITS; exit++) if (exits.isPresent(exit)) exits.onAdded(exit);
}

/** A state that is new, or that goes on with the sessions in `memory`. */
function createState(options: StateOptions, memory: ArrayBuffer | undefined): Nat64State {
  if (memory === undefined) return new Nat64State(options);
  // Sessions and bindings come first in it and all else is built from them, so it may grow and shrink.
  const copy = new Uint8Array(stateBytes(options));
  copy.set(new Uint8Array(memory, 0, Math.min(memory.byteLength, copy.length)));
  try {
    return new Nat64State({ ...options, buffer: copy.buffer });
  } catch (error) {
    if (error instanceof StateMemoryError)
      throw new ConfigError("tables.sessions", "cannot change while sessions go on.");
    throw error;
  }
}

/** @param via the prefix that static bindings answer from before their client has used one */
function stateOptions(
  settings: StatefulSettings,
  held: HeldPackets,
  via: number,
  options: EngineOptions,
): StateOptions {
  const { timers, tables, caps } = settings;
  return {
    sessions: tables.sessions,
    clients: tables.clients,
    filtering: settings.filtering,
    lifetimes: {
      udp: timers.udp * 1000,
      tcpEstablished: timers.tcpEstablished * 1000,
      tcpTransitory: timers.tcpTransitory * 1000,
      tcpIncomingSyn: timers.tcpIncomingSyn * 1000,
      icmp: timers.icmp * 1000,
    },
    limits: {
      "64": { ...UNLIMITED, ...caps["64"] },
      "56": { ...UNLIMITED, ...caps["56"] },
      "48": { ...UNLIMITED, ...caps["48"] },
    },
    pool: [
      ...settings.pool.map(({ address, tcp, udp, icmp }) => ({
        address,
        exit: LOCAL_EXIT,
        ranges: [tcp, udp, icmp] as const,
      })),
      ...(settings.exitPool === undefined ? [] : PEER_EXIT_POOL),
    ],
    staticEntries: settings.staticBindings.map((each) => ({
      protocol: protocolIndex(each.protocol),
      client: Int32Array.from(each.client),
      clientPort: each.clientPort,
      exit: LOCAL_EXIT,
      poolAddress: each.poolAddress,
      poolPort: each.poolPort,
      via,
    })),
    held,
    seed: Int32Array.from({ length: 4 }, () => options.random() | 0),
    now: options.now ?? 0,
  };
}

/** Refuses nobody. */
const NO_REFUSALS: Refusals = { refusesIPv4: () => false, refusesClientSource: () => false };

/** Puts the parts that both modes share around those in which they differ. */
function assemble(
  settings: CommonSettings,
  random: () => number,
  counters: EngineCounters = new EngineCounters(),
  refusals: Refusals,
  makeMode: (
    emitter: Emitter,
    own: OwnPackets,
  ) => Pick<PipelineParts, "lookUp" | "upkeep" | "memory" | "exits" | "ender" | "pairs">,
  isExit = false,
): Nat64Pipeline {
  const translate = new TranslateSettings();
  translate.mtuIPv4 = settings.mtuIPv4;
  translate.mtuIPv6 = settings.mtuIPv6;
  translate.computesZeroChecksum = settings.computesZeroChecksum;
  translate.trafficClassToIPv6 = settings.trafficClassToIPv6;
  translate.trafficClassToIPv4 = settings.trafficClassToIPv4;
  translate.identification = random() & 0xffff;
  const emitter = new Emitter(counters, createBatch(new Uint8Array(0), 0));
  const own = new OwnPackets(settings, translate, refusals, emitter, counters, keyedHash(random), isExit);
  return new Nat64Pipeline({ settings, translate, emitter, own, counters, ...makeMode(emitter, own) });
}

function keyedHash(random: () => number): KeyedHash {
  return new KeyedHash(random() | 0, random() | 0);
}
