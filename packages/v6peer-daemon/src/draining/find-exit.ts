import { ControlError } from "@nat64/daemon-kit/control";
import { shortPeerId } from "@nat64/peer-protocol";
import type { PeerExitsStatus } from "../thread/messages/peer-exits.ts";

/** So much of a peer id tells it from others. */
const SHORTEST = 4;

/** What people may call the exit of this host. */
export const LOCAL = "local";

/** As much of an exit as its name may be made of. */
type NamedExit = Pick<PeerExitsStatus["exits"][number], "exit" | "selector" | "peer" | "pair">;

/**
 * The peer exit that people mean: by its number, its selector (four hexadecimal digits), or the peer id of the IPv4 peer
 * or the beginning of it, with or without hyphens. Throws a `ControlError` with a sentence when there is none, or more
 * than one.
 */
export function findExit(exits: readonly NamedExit[], name: string): NamedExit {
  const found = exits.filter((each) => isCalled(each, name.trim()));
  if (found.length === 1) return found[0];
  const all = exits.map(({ exit, selector, peer }) => `${exit} (${hexOf(selector)}, ${shortPeerId(peer)})`);
  const what = found.length > 1 ? `more than one exit is called "${name}"` : `there is no exit "${name}"`;
  throw new ControlError("refused", `${what}; peer exits: ${all.length === 0 ? "none" : all.join(", ")}`);
}

function isCalled({ exit, selector, peer }: NamedExit, name: string): boolean {
  if (/^\d{1,2}$/.test(name)) return exit === Number(name);
  const id = name.replaceAll("-", "");
  if (hexOf(selector) === name.toLowerCase()) return true;
  return id.length >= SHORTEST && peer.startsWith(id);
}

function hexOf(selector: number): string {
  return selector.toString(16).padStart(4, "0");
}
