import type { StatefulSettings } from "../config/compile-config.ts";
import { ConfigError } from "../config/config-error.ts";
import { LOCAL_EXIT } from "../exits/peer-exits.ts";
import { UNLIMITED } from "../limits/client-table.ts";
import type { HeldPackets } from "../state/held-packets.ts";
import { StateMemoryError } from "../state/memory-header.ts";
import { Nat64State, stateBytes } from "../state/nat64-state.ts";
import { PEER_EXIT_POOL } from "../state/pool.ts";
import { protocolIndex } from "../state/protocol-index.ts";
import type { StateOptions } from "../state/state-options.ts";
import type { EngineOptions } from "./engine-options.ts";

/** A state that is new, or that goes on with the sessions in `memory`. */
export function createState(options: StateOptions, memory: ArrayBuffer | undefined): Nat64State {
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

/**
 * What a state is made from, out of the settings.
 *
 * @param via the prefix that static bindings answer from before their client has used one
 */
export function stateOptions(
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
