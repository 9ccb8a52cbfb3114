import type { V4DropReason } from "@nat64/peer-machines";
import type { ForwarderDrops, LoopView } from "../messages.ts";

/** The code of each of the loop's reasons to drop something. */
const CODES: Readonly<Record<keyof ForwarderDrops, V4DropReason | "no-relay" | "over-limit">> = {
  malformed: "malformed",
  unknownDestination: "unknown-destination",
  relayNotValidated: "relay-not-validated",
  noRelay: "no-relay",
  overLimit: "over-limit",
};

/** The drops with the codes that people see. */
export function viewLoop(drops: ForwarderDrops, wakeUps: number): LoopView {
  const names = Object.keys(CODES) as (keyof ForwarderDrops)[];
  return { wakeUps, drops: Object.fromEntries(names.map((name) => [CODES[name], drops[name]])) };
}
