import type { Ban } from "@nat64/daemon-kit/bans";
import type { BanLists } from "@nat64/nat64-engine";
import { parseBlock } from "@nat64/rfc6052";

/** What an IPv6 peer can ban: clients, IPv4 destinations, IPv4 peers, and addresses of the local exit's pool. */
export type BanKind = "client" | "destination" | "peer" | "pool";

/** The targets of one kind. */
export function targetsOf(bans: readonly Ban[], kind: BanKind): readonly string[] {
  return bans.filter((ban) => ban.kind === kind).map(({ target }) => target);
}

/** The bans that the engine carries out. */
export function engineBans(bans: readonly Ban[]): BanLists {
  return {
    clients: targetsOf(bans, "client").map(parseBlock),
    destinations: targetsOf(bans, "destination").map(parseBlock),
  };
}
