/** Honest clients of one IPv6 peer among IPv4 peers that are mostly hostile. */
import type { Conduct } from "../nodes/v4peer-node.ts";
import { Clients, PATIENCE_MS, REPEATS_MS } from "../packets/clients.ts";
import { DEFAULTS } from "./options.ts";
import { buildWorld, type World } from "./world.ts";

export interface HostileOptions {
  readonly seed: number;
  readonly hours: number;
  /** Clients, each in its own /48. */
  readonly clients: number;
  /** Average time between two new connections of a client, in milliseconds. */
  readonly every: number;
  /** The conduct of each IPv4 peer. */
  readonly conducts: readonly Conduct[];
  /** Exits that the IPv6 peer wants. */
  readonly exits: number;
}

const HOUR_MS = 3_600_000;

/** Ten peers of each kind: honest, silent, black holes, and those that work only at times. */
export const AN_HOUR: Omit<HostileOptions, "seed"> = {
  hours: 1,
  clients: 20,
  every: 5_000,
  conducts: Array.from({ length: 40 }, (_, n): Conduct => {
    const kinds = ["honest", "silent", "black-hole", n % 8 === 3 ? "comes-and-goes" : "long-con"] as const;
    return kinds[n % 4];
  }),
  exits: 4,
};

/** The connections of {@link AN_HOUR} that were opened before this time have had their answers, or failed. */
export const END: number = HOUR_MS - PATIENCE_MS;

/** Runs a simulation to its end. */
export function runHostile({ seed, hours, clients: count, every, conducts, exits }: HostileOptions): {
  readonly world: World;
  readonly clients: Clients;
} {
  const options = { ...DEFAULTS, seed, v6: 1, v4: conducts.length, exits, loss: 0.005 };
  const world = buildWorld(options, { conductOf: (index) => conducts[index], sessions: 16_384 });
  const { simulation, v6peers } = world;
  const [v6] = v6peers;
  const clients = new Clients(count, v6.options.prefix);
  v6.onAnswer = (packet, now) => clients.answer(packet, now);
  const random = simulation.random("clients");
  const end = hours * HOUR_MS;
  const open = (client: number): void => {
    const attempt = clients.open(client, (below) => random.below(below), simulation.now);
    v6.send(attempt.packet);
    for (const after of REPEATS_MS) {
      simulation.at(simulation.now + after, () => {
        if (attempt.answeredAt < 0) v6.send(attempt.packet);
      });
    }
    simulation.at(simulation.now + 1 + random.below(2 * every), () => open(client));
  };
  for (let client = 0; client < count; client++) simulation.at(1 + random.below(2 * every), () => open(client));
  simulation.run(end);
  return { world, clients };
}
