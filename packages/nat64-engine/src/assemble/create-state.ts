import type { StatefulSettings } from "../config/compile-config.ts";
import { ConfigError } from "../config/config-error.ts";
import { LOCAL_EXIT, type PeerExits } from "../exits/peer-exits.ts";
import { UNLIMITED } from "../limits/client-caps.ts";
import type { CarriedState } from "../pipeline/carried-state.ts";
import { StaticBindingError } from "../state/bib/static-entry.ts";
import { Fragments } from "../state/fragments/fragments.ts";
import { HeldPackets } from "../state/held/held-packets.ts";
import { StateMemoryError } from "../state/memory/memory-header.ts";
import { Nat64State } from "../state/nat64-state.ts";
import { peerExitPool } from "../state/ports/pool-address.ts";
import { protocolIndex } from "../state/protocol-index.ts";
import type { StateOptions } from "../state/state-options.ts";
import { type EngineOptions, keyedHash } from "./engine-options.ts";

/** Makes a state, or continues an existing one under these options. */
export function createState(options: StateOptions, before: Nat64State | undefined): Nat64State {
  try {
    if (before === undefined) return new Nat64State(options);
    before.reconfigure(options);
    return before;
  } catch (error) {
    if (error instanceof StateMemoryError)
      throw new ConfigError("tables.sessions", "cannot change while there are sessions.");
    if (error instanceof StaticBindingError) throw new ConfigError(`staticBindings[${error.index}]`, error.message);
    throw error;
  }
}

/** The tables for held fragments and SYNs: the existing ones, unless the configuration asks for others. */
export function createWaiting(
  settings: StatefulSettings,
  drops: Float64Array,
  before: CarriedState | undefined,
  random: () => number,
): Pick<CarriedState, "held" | "fragments"> {
  if (before !== undefined && waitAlike(before.settings, settings)) return before;
  const held = new HeldPackets(settings.tables.heldBytes, keyedHash(random));
  const { fragmentedPackets } = settings.tables;
  const timeout = settings.timers.fragment * 1000;
  const hash = keyedHash(random);
  return {
    held,
    fragments: new Fragments(fragmentedPackets, held, hash, timeout, drops, settings.computesZeroChecksum),
  };
}

function waitAlike(one: StatefulSettings, other: StatefulSettings): boolean {
  return (
    one.tables.heldBytes === other.tables.heldBytes &&
    one.tables.fragmentedPackets === other.tables.fragmentedPackets &&
    one.timers.fragment === other.timers.fragment &&
    one.computesZeroChecksum === other.computesZeroChecksum
  );
}

/**
 * The options of a state, from the settings.
 *
 * @param exits the existing peer exits; undefined without peer exits
 * @param via the prefix of replies to static bindings until their client has used one
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
      udpMs: timers.udp * 1000,
      tcpEstablishedMs: timers.tcpEstablished * 1000,
      tcpTransitoryMs: timers.tcpTransitory * 1000,
      tcpIncomingSynMs: timers.tcpIncomingSyn * 1000,
      icmpMs: timers.icmp * 1000,
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
