import { createBatch } from "./batch.ts";
import { compileStateful } from "./compile-config.ts";
import type { Nat64Config, StatefulConfig } from "./config.ts";
import { EngineCounters } from "./counters.ts";
import { UNLIMITED } from "./limits/client-table.ts";
import { Emitter } from "./pipeline/emit.ts";
import { OwnPackets } from "./pipeline/own-packets.ts";
import { Nat64Pipeline } from "./pipeline/pipeline.ts";
import { LOCAL_EXIT, StatefulLookUp } from "./pipeline/stateful-look-up.ts";
import { StatefulUpkeep } from "./pipeline/stateful-upkeep.ts";
import { HeldPackets } from "./state/held-packets.ts";
import { KeyedHash } from "./state/keyed-hash.ts";
import { Nat64State } from "./state/nat64-state.ts";
import { protocolIndex } from "./state/protocol-index.ts";
import { TranslateSettings } from "./translate/settings.ts";

/** What the engine cannot make itself. */
export interface EngineOptions {
  /** Random 32-bit words, signed or not: seeds for hashes and ports. Must not be foreseeable: `crypto`, not `Math`. */
  readonly random: () => number;
  /** Milliseconds on the clock of all later calls; default 0. */
  readonly now?: number;
}

/** Makes the engine for the batch door. Throws a `ConfigError` that names the field. */
export function createEngine(config: Nat64Config, options: EngineOptions): Nat64Pipeline {
  if (config.mode === "stateless") throw new Error("soon");
  return createStateful(config, options);
}

function createStateful(config: StatefulConfig, options: EngineOptions): Nat64Pipeline {
  const { random, now = 0 } = options;
  const settings = compileStateful(config);
  const { timers, tables, caps } = settings;
  const seed = Int32Array.from({ length: 6 }, () => random() | 0);
  const held = new HeldPackets(tables.heldBytes, new KeyedHash(seed[4], seed[5]));
  const limits = {
    "64": { ...UNLIMITED, ...caps["64"] },
    "56": { ...UNLIMITED, ...caps["56"] },
    "48": { ...UNLIMITED, ...caps["48"] },
  };
  const state = new Nat64State({
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
    limits,
    pool: settings.pool.map((each) => ({
      address: each.address,
      exit: LOCAL_EXIT,
      ranges: [each.tcp, each.udp, each.icmp],
    })),
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
    seed,
    now,
  });
  const translate = new TranslateSettings();
  translate.mtuIPv4 = settings.mtuIPv4;
  translate.mtuIPv6 = settings.mtuIPv6;
  translate.computesZeroChecksum = settings.computesZeroChecksum;
  translate.identification = random() & 0xffff;
  const counters = new EngineCounters();
  const emitter = new Emitter(counters, createBatch(new Uint8Array(0), 0));
  const fragments = { admit: () => 1 };
  return new Nat64Pipeline({
    settings,
    translate,
    lookUp: new StatefulLookUp(state, fragments, settings),
    upkeep: new StatefulUpkeep(state, settings),
    own: new OwnPackets(settings, translate, emitter, counters),
    emitter,
    counters,
  });
}
