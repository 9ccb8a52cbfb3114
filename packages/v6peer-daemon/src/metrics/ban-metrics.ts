/** Metrics of bans. */
import { byName, type Definition, gauge } from "@nat64/daemon-kit/metrics";
import type { BansStatus } from "../control/protocol.ts";

/** All metrics of bans. Packets that bans refuse are among the drops, as `banned`. */
export const BAN_METRICS: readonly Definition<BansStatus>[] = [
  {
    type: "gauge",
    name: "nat64_bans",
    help: "Bans in effect, by what they ban.",
    labels: ["kind"],
    read: ({ clients: client, destinations: destination, peers: peer, pool }) =>
      byName("kind", { client, destination, peer, pool }),
  },
  gauge("nat64_bans_unsaved", "1 while bans cannot be saved: a restart would forget changes.", ({ problem }) =>
    problem === undefined ? 0 : 1,
  ),
];
