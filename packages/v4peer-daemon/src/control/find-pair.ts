import { ControlError } from "@nat64/daemon-kit/control";
import type { PairStatus } from "@nat64/peer-machines";

/** The shortest beginning of a peer id that may name a peer. */
const MIN_NAME_LENGTH = 4;

/**
 * The pair with an IPv6 peer, named by the peer's id, the beginning of it, or its prefix. Throws a `ControlError` with a
 * sentence when there is none, or more than one.
 */
export function findPair(
  pairs: readonly Pick<PairStatus, "id" | "peer" | "prefix">[],
  name: string,
): Pick<PairStatus, "id" | "peer" | "prefix"> {
  const found = pairs.filter(
    ({ peer, prefix }) => prefix === name || (name.length >= MIN_NAME_LENGTH && peer.startsWith(name)),
  );
  if (found.length === 1) return found[0];
  const peers = pairs.map(({ peer }) => peer).join(", ");
  const what = found.length > 1 ? `more than one pair fits "${name}"` : `there is no pair with "${name}"`;
  throw new ControlError("refused", `${what}; pairs: ${peers === "" ? "none" : peers}`);
}
