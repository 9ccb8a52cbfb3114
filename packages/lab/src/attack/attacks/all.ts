import type { Attack } from "../attack.ts";
import { synAttacks } from "./syn.ts";

/** Every attack, in the order of its list. */
export const ATTACKS: readonly Attack[] = [...synAttacks];
