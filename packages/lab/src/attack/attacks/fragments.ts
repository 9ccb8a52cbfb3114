/** Fragments whose other parts never come, and ICMP of all kinds, from both sides (point 4). */
import type { Attack } from "../attack.ts";
import { floodAttack } from "../flood-attack.ts";
import { ATTACKERS4, ATTACKERS6 } from "../world/local-world.ts";

const RATE = 30_000;
const PAYLOAD = 256;

const sides = ["6", "4"] as const;

/** A flood towards the server from IPv6, or towards the pool from IPv4. */
export const fragmentAttacks: readonly Attack[] = (["first", "last"] as const).flatMap((part) =>
  sides.map((side) =>
    floodAttack({
      name: `fragments-${part}-${side}`,
      title: `${part} fragments without the others, from IPv${side}, from random senders`,
      rate: RATE,
      sender: side === "6" ? "attacker" : "stranger",
      packets: ({ serverNat64, plan }) => ({
        kind: `${part}-fragments`,
        size: PAYLOAD,
        ...(side === "6" ? { from: ATTACKERS6, to: `${serverNat64}/128` } : { from: ATTACKERS4, to: plan.pool }),
      }),
    }),
  ),
);

/** Echo requests and answers, errors about packets that nobody sent, and types that no translator carries. */
export const icmpAttacks: readonly Attack[] = sides.map((side) =>
  floodAttack({
    name: `icmp-${side}`,
    title: `ICMP of all kinds, from IPv${side}, from random senders`,
    rate: RATE,
    sender: side === "6" ? "attacker" : "stranger",
    packets: ({ serverNat64, plan }) => ({
      kind: "icmp",
      ...(side === "6" ? { from: ATTACKERS6, to: `${serverNat64}/128` } : { from: ATTACKERS4, to: plan.pool }),
    }),
  }),
);
