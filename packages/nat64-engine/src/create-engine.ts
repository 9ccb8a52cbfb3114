import { compileRefusals, LABORATORY_BLOCKS, type Refusals } from "@nat64/rfc6052";
import { createBatch } from "./batch.ts";
import { type CommonSettings, compileStateful, type StatefulSettings } from "./compile-config.ts";
import { compileStateless } from "./compile-stateless.ts";
import type { Nat64Config, StatefulConfig, StatelessConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { EngineCounters } from "./counters.ts";
import { UNLIMITED } from "./limits/client-table.ts";
import { Emitter } from "./pipeline/emit.ts";
import { OwnPackets } from "./pipeline/own-packets.ts";
import { Nat64Pipeline, type PipelineParts } from "./pipeline/pipeline.ts";
import { LOCAL_EXIT, StatefulLookUp } from "./pipeline/stateful-look-up.ts";
import { StatefulUpkeep } from "./pipeline/stateful-upkeep.ts";
import { StatelessLookUp } from "./pipeline/stateless-look-up.ts";
import { NO_UPKEEP } from "./pipeline/upkeep.ts";
import { Fragments } from "./state/fragments.ts";
import { HeldPackets } from "./state/held-packets.ts";
import { KeyedHash } from "./state/keyed-hash.ts";
import { StateMemoryError } from "./state/memory-header.ts";
import { Nat64State, stateBytes } from "./state/nat64-state.ts";
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
  return config.mode === "stateless" ? createStateless(config, options) : createStateful(config, options);
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
  const state = createState(stateOptions(settings, held, options), options.continues?.memory);
  const fragments = new Fragments(
    settings.tables.fragmentedPackets,
    held,
    keyedHash(options.random),
    settings.timers.fragment * 1000,
    counters.drops,
    settings.computesZeroChecksum,
  );
  const refusals = compileRefusals({
    allow: settings.allowSpecialPurpose ? LABORATORY_BLOCKS : [],
    // RFC 6146 §3.5: no loops through our own prefixes.
    refuse: [...settings.prefixes.map((prefix) => prefix.text), ...settings.refusedSources],
  });
  return assemble(settings, options.random, counters, refusals, (emitter, own) => ({
    lookUp: new StatefulLookUp(state, fragments, refusals, settings),
    upkeep: new StatefulUpkeep({ state, held, fragments, prefixes: settings.prefixes, emitter, own, counters }),
    memory: state.buffer,
  }));
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

function stateOptions(settings: StatefulSettings, held: HeldPackets, options: EngineOptions): StateOptions {
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
    pool: settings.pool.map(({ address, tcp, udp, icmp }) => ({ address, exit: LOCAL_EXIT, ranges: [tcp, udp, icmp] })),
    staticEntries: settings.staticBindings.map((each) => ({
      protocol: protocolIndex(each.protocol),
      client: Int32Array.from(each.client),
      clientPort: each.clientPort,
      exit: LOCAL_EXIT,
      poolAddress: each.poolAddress,
      poolPort: each.poolPort,
      via: 0,
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
  makeMode: (emitter: Emitter, own: OwnPackets) => Pick<PipelineParts, "lookUp" | "upkeep" | "memory">,
): Nat64Pipeline {
  const translate = new TranslateSettings();
  translate.mtuIPv4 = settings.mtuIPv4;
  translate.mtuIPv6 = settings.mtuIPv6;
  translate.computesZeroChecksum = settings.computesZeroChecksum;
  translate.trafficClassToIPv6 = settings.trafficClassToIPv6;
  translate.trafficClassToIPv4 = settings.trafficClassToIPv4;
  translate.identification = random() & 0xffff;
  const emitter = new Emitter(counters, createBatch(new Uint8Array(0), 0));
  const own = new OwnPackets(settings, translate, refusals, emitter, counters);
  return new Nat64Pipeline({ settings, translate, emitter, own, counters, ...makeMode(emitter, own) });
}

function keyedHash(random: () => number): KeyedHash {
  return new KeyedHash(random() | 0, random() | 0);
}
