import type { V4DropReason } from "@nat64/peer-machines";
import type { ForwarderDrops, LoopView, ShapingView } from "../messages.ts";

/** The code of each of the loop's reasons to drop something. */
const CODES: Readonly<Record<keyof ForwarderDrops, V4DropReason | "no-relay">> = {
  malformed: "malformed",
  unknownDestination: "unknown-destination",
  relayNotValidated: "relay-not-validated",
  noRelay: "no-relay",
};

/** The drops with the codes that people see; those of the bandwidth limits have the names that they have at an IPv6 peer. */
export function viewLoop(drops: ForwarderDrops, { ipv4, ipv6 }: ShapingView, wakeUps: number): LoopView {
  const names = Object.keys(CODES) as (keyof ForwarderDrops)[];
  return {
    wakeUps,
    drops: {
      ...Object.fromEntries(names.map((name) => [CODES[name], drops[name]])),
      "queue-delay": ipv4.droppedForDelay + ipv6.droppedForDelay,
      "queue-full": ipv4.droppedForRoom + ipv6.droppedForRoom,
    },
  };
}
