import type { Attack } from "../attack.ts";
import { fragmentAttacks, icmpAttacks } from "./fragments.ts";
import { shareAttacks } from "./share.ts";
import { spoofedAttacks } from "./spoofed.ts";
import { synAttacks } from "./syn.ts";
import { udpAttacks } from "./udp.ts";

/** Every attack, in the order of its list. */
export const ATTACKS: readonly Attack[] = [
  ...synAttacks,
  ...udpAttacks,
  ...shareAttacks,
  ...spoofedAttacks,
  ...fragmentAttacks,
  ...icmpAttacks,
];
