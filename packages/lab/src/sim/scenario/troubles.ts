/** Failures at random times of the phase of trouble. Every part that can fail does, and comes back. */
import type { CrashKind, Host, Random } from "@nat64/simnet";
import { movedAddress } from "./addresses.ts";
import type { Phases } from "./options.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;

/** Average time between two failures of each part, in virtual milliseconds, and their duration. */
const NAT_REBOOT = { every: 30 * MINUTE, least: 0, most: 20_000 };
const LINK_OUTAGE = { every: 60 * MINUTE, least: 2_000, most: 40_000 };
const V4PEER_CRASH = { every: 120 * MINUTE, least: 5_000, most: 7 * MINUTE };
const V6PEER_CRASH = { every: 120 * MINUTE, least: 5_000, most: MINUTE };
const RELAY_CRASH = { every: 60 * MINUTE, least: 2_000, most: MINUTE };
const COORDINATOR_DOWN = { least: 20_000, most: 60_000 };

/** Probability that a NAT comes back with another address. */
const MOVES = 0.25;

type Kind = "nat-reboot" | "nat-moved" | "outage" | "v4peer-crash" | "v6peer-crash" | "relay-crash" | "restart";

/** Number of failures by kind. */
export type TroubleCounts = Record<Kind, number>;

export function plan(world: World, phases: Phases): TroubleCounts {
  const { simulation, coordinator, relays, v6peers, v4peers, options } = world;
  const counts: TroubleCounts = {
    "nat-reboot": 0,
    "nat-moved": 0,
    outage: 0,
    "v4peer-crash": 0,
    "v6peer-crash": 0,
    "relay-crash": 0,
    restart: 0,
  };
  let moves = 0;
  const random = simulation.random("troubles");
  const at = (time: number, action: () => void): void => void simulation.at(time, action);
  const crash = (name: Kind, host: Host, kind: CrashKind, lasting: number): void => {
    if (!host.isUp) return;
    counts[name]++;
    simulation.note(`${host.name} crashes: ${kind}, ${lasting} ms`);
    host.crash(kind);
    simulation.at(simulation.now + lasting, () => host.restart());
  };
  const crashes = (name: Kind, hosts: readonly { readonly host: Host }[], times: Times): void =>
    scatter(random, phases, hosts, times, at, ({ host }, lasting) => crash(name, host, crashKind(random), lasting));

  crashes("v4peer-crash", v4peers, V4PEER_CRASH);
  crashes("v6peer-crash", v6peers, V6PEER_CRASH);
  crashes("relay-crash", relays, RELAY_CRASH);
  const nats = v4peers.flatMap((peer) => peer.options.nats);
  scatter(random, phases, nats, NAT_REBOOT, at, (nat, lasting) => {
    // Addresses inside a carrier's network stay.
    const isMoved = random.chance(MOVES) && !nat.name.endsWith("nat1");
    counts[isMoved ? "nat-moved" : "nat-reboot"]++;
    simulation.note(`${nat.name} reboots: ${lasting} ms${isMoved ? ", another address" : ""}`);
    nat.reboot(lasting, isMoved ? movedAddress(moves++) : undefined);
  });
  const links = [...nats, ...v6peers.map(({ host }) => host)];
  scatter(random, phases, links, LINK_OUTAGE, at, ({ name, link }, lasting) => {
    counts.outage++;
    simulation.note(`link of ${name} out: ${lasting} ms`);
    link.outage(simulation.now, simulation.now + lasting);
  });
  const { restarts } = options;
  for (let index = 0; index < restarts; index++) {
    const time = phases.trouble + ((index + 0.5) / restarts) * (phases.quiet - phases.trouble);
    const { least, most } = COORDINATOR_DOWN;
    const lasting = Math.min(least + random.below(most - least), phases.quiet - time);
    at(time, () => crash("restart", coordinator.host, index % 2 === 0 ? "reset" : "silence", lasting));
  }
  return counts;
}

interface Times {
  readonly every: number;
  readonly least: number;
  readonly most: number;
}

/** Applies a failure to random members of a group, at random times. All failures end before the quiet phase. */
function scatter<T>(
  random: Random,
  { trouble, quiet }: Phases,
  those: readonly T[],
  { every, least, most }: Times,
  at: (time: number, action: () => void) => void,
  happen: (one: T, lasting: number) => void,
): void {
  const count = Math.round((those.length * (quiet - trouble)) / every);
  for (let index = 0; index < count; index++) {
    const one = those[random.below(those.length)];
    const lasting = Math.min(least + random.below(most - least), quiet - trouble);
    at(trouble + random.below(Math.max(1, quiet - trouble - lasting)), () => happen(one, lasting));
  }
}

function crashKind(random: Random): CrashKind {
  return random.chance(0.5) ? "silence" : "reset";
}
