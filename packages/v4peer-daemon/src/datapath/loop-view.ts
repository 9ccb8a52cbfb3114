import type { V4DropReason } from "@nat64/peer-machines";
import type { LoopCounters, LoopView } from "./messages.ts";

/** The code of each of the loop's reasons to drop something. */
const CODES: Readonly<Record<Exclude<keyof LoopCounters, "wakeUps">, V4DropReason | "no-relay" | "over-limit">> = {
  malformed: "malformed",
  unknownDestination: "unknown-destination",
  relayNotValidated: "relay-not-validated",
  noRelay: "no-relay",
  overLimit: "over-limit",
};

/** The loop's counters with the codes that people see. */
export function viewLoop({ wakeUps, ...drops }: LoopCounters): LoopView {
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  return { wakeUps, drops: Object.fromEntries(names.map((name) => [CODES[name], drops[name]])) };
}
