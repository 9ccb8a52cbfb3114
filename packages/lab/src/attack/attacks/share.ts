/** A client that takes more than its share of a limited bandwidth (point 3). */
import type { LocalTopology } from "../../topology/local.ts";
import type { Attack } from "../attack.ts";
import { floodAttack } from "../flood-attack.ts";
import { ONE_48, ONE_HOST, VICTIM_UDP_PORT } from "../world/local-world.ts";

const LIMIT = "10M";
/** Of two /48s, and an honest client's limit is 90 % of its share. */
const BULK_AT_LEAST = 0.9 / 2;
const SIZE = 1200;
const FLOWS = 1_000;

const more = ({ lab }: LocalTopology): string =>
  `[bandwidth]\nup = "${LIMIT}"\ndown = "${LIMIT}"\nstate = "${lab.directory}/state"`;

/** 20 Mbit/s of UDP. @param from the sources, a prefix */
const shareAttack = (name: string, title: string, from: string): Attack =>
  floodAttack({
    name,
    title,
    rate: 2_000,
    more,
    bulkAtLeast: BULK_AT_LEAST,
    kernel: false,
    packets: ({ serverNat64 }) => ({
      kind: "udp",
      from,
      to: `${serverNat64}/128`,
      port: VICTIM_UDP_PORT,
      size: SIZE,
      flows: FLOWS,
    }),
  });

/** A whole network, and one host. */
export const shareAttacks: readonly Attack[] = [
  shareAttack(
    "share",
    "one /48 floods a bandwidth of 10 Mbit/s with 1,000 flows from random /64s to one port of a server",
    ONE_48,
  ),
  shareAttack(
    "share-host",
    "one host floods a bandwidth of 10 Mbit/s with 1,000 flows to one port of a server",
    ONE_HOST,
  ),
];
