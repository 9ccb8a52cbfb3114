import type { StatefulSettings } from "../config/compile-config.ts";
import { ConfigError } from "../config/config-error.ts";
import { LOCAL_EXIT, type PeerExits } from "../exits/peer-exits.ts";
import { UNLIMITED } from "../limits/client-table.ts";
import type { HeldPackets } from "../state/held-packets.ts";
import { StateMemoryError } from "../state/memory-header.ts";
import { Nat64State, stateBytes, survivingBytes } from "../state/nat64-state.ts";
import { peerExitPool } from "../state/pool.ts";
import { protocolIndex } from "../state/protocol-index.ts";
import type { StateOptions } from "../state/state-options.ts";
import type { EngineOptions } from "./engine-options.ts";

/** A state that is new, or that goes on with the sessions in `memory`. */
export function createState(options: StateOptions, memory: ArrayBuffer | undefined): Nat64State {
  if (memory === undefined) return new Nat64State(options);
  // The rest may grow and shrink, and stays untouched: pages that nobody writes to are no memory.
  const copy = new Uint8Array(stateBytes(options));
  copy.set(new Uint8Array(memory, 0, Math.min(memory.byteLength, survivingBytes(options))));
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
 * @param exits the peer exits that are there already; undefined when there can be none
 * @param via the prefix that static bindings answer from before their client has used one
 */
export function stateOptions(
  settings: StatefulSettings,
  exits: PeerExits | undefined,
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
      ...(exits === undefined ? [] : peerExitPool((exit) => (exits.isPresent(exit) ? exits.ports(exit) : 0))),
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
