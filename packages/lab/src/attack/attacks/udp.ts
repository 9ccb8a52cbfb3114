/** UDP flows of one packet, and echo requests: sessions that nobody answers (point 2). */
import type { Attack } from "../attack.ts";
import { floodAttack } from "../flood-attack.ts";
import { ATTACKERS6, MANY_DEAD, ONE_48, ONE_64 } from "../world/local-world.ts";

const RATE = 30_000;

/** From whom. */
export const udpAttacks: readonly Attack[] = [
  floodAttack({
    name: "udp",
    title: "UDP flows of one packet, from random /48s to random addresses that do not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "udp", from: ATTACKERS6, to: `${plan.nat64}${MANY_DEAD}` }),
  }),
  floodAttack({
    name: "udp-64",
    title: "UDP flows of one packet, from one /64 to random addresses that do not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "udp", from: ONE_64, to: `${plan.nat64}${MANY_DEAD}` }),
  }),
  floodAttack({
    name: "udp-48",
    title: "UDP flows of one packet, from random /64s of one /48 to random addresses that do not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "udp", from: ONE_48, to: `${plan.nat64}${MANY_DEAD}` }),
  }),
  floodAttack({
    name: "echo",
    title: "echo requests with random identifiers, from random /48s to random addresses that do not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "echo", from: ATTACKERS6, to: `${plan.nat64}${MANY_DEAD}` }),
  }),
];
