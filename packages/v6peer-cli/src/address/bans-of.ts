import type { ListedBan } from "@nat64/daemon-kit/bans";
import { cidrContains, parseBlock } from "@nat64/rfc6052";
import type { Explanation } from "./explanation.ts";

/** The bans that concern an address: of itself, of the IPv4 address in it, or of the IPv4 peer that it belongs to. */
export function bansOf(explanation: Explanation, bans: readonly ListedBan[]): readonly ListedBan[] {
  const { address, mapped, embeddings = [], teredo } = explanation;
  const embedded = embeddings.flatMap(({ ipv4 }) => ipv4?.address ?? []);
  const addresses = [address, ...(mapped === undefined ? [] : [mapped.address]), ...embedded].map(parseBlock);
  const exits = [...embeddings.map(({ selector }) => selector?.exit), teredo?.exit];
  const peers = exits.flatMap((exit) => exit?.peer ?? []);
  return bans.filter(({ kind, target }) =>
    kind === "peer" ? peers.includes(target) : addresses.some((each) => cidrContains(parseBlock(target), each)),
  );
}
