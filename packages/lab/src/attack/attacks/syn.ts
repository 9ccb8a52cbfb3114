/** SYN floods: sessions that nobody finishes (point 2). */

import type { Attack } from "../attack.ts";
import { floodAttack } from "../flood-attack.ts";
import { ATTACKERS6, MANY_DEAD, ONE_48, ONE_64, ONE_DEAD, VICTIM_PORT } from "../world/local-world.ts";

const RATE = 30_000;
/** Of the lab's honest server, where nobody listens. */
const CLOSED_PORT = 7;
/** From whom, and to whom. */
export const synAttacks: readonly Attack[] = [
  floodAttack({
    name: "syn",
    title: "SYNs from random /48s to random addresses that do not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "syn", from: ATTACKERS6, to: `${plan.nat64}${MANY_DEAD}` }),
  }),
  floodAttack({
    name: "syn-64",
    title: "SYNs from one /64 to random addresses that do not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "syn", from: ONE_64, to: `${plan.nat64}${MANY_DEAD}` }),
  }),
  floodAttack({
    name: "syn-48",
    title: "SYNs from random /64s of one /48 to random addresses that do not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "syn", from: ONE_48, to: `${plan.nat64}${MANY_DEAD}` }),
  }),
  floodAttack({
    name: "syn-dead",
    title: "SYNs from random /48s to one address that does not answer",
    rate: RATE,
    packets: ({ plan }) => ({ kind: "syn", from: ATTACKERS6, to: `${plan.nat64}${ONE_DEAD}` }),
  }),
  floodAttack({
    name: "syn-reset",
    title: "SYNs from random /48s to a server that resets them",
    rate: RATE,
    packets: ({ serverNat64 }) => ({ kind: "syn", from: ATTACKERS6, to: `${serverNat64}/128`, port: CLOSED_PORT }),
  }),
  floodAttack({
    name: "syn-answered",
    title: "SYNs from random /48s to a server that answers them; the handshake is never finished",
    rate: RATE,
    packets: ({ serverNat64 }) => ({ kind: "syn", from: ATTACKERS6, to: `${serverNat64}/128`, port: VICTIM_PORT }),
  }),
];
