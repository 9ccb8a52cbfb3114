import { ControlError } from "@nat64/daemon-kit/control";
import { shortPeerId } from "@nat64/peer-protocol";
import type { PeerExitsStatus } from "../data-path/messages/peer-exits.ts";

/** Minimum length of a peer id's beginning that names an exit. */
const MIN_ID_LENGTH = 4;

/** The name of this host's own exit. */
export const LOCAL = "local";

/** The parts of an exit by which it can be named. */
export type NamedExit = Pick<PeerExitsStatus["exits"][number], "exit" | "selector" | "peer" | "pair">;

/**
 * Finds a peer exit by its number, its selector (four hexadecimal digits), or the IPv4 peer's peer id or its beginning,
 * with or without hyphens. Throws a `ControlError` with a sentence if no exit or more than one matches.
 */
export function findExit(exits: readonly NamedExit[], name: string): NamedExit {
  const found = exits.filter((each) => isCalled(each, name.trim()));
  if (found.length === 1) return found[0];
  const all = exits.map(({ exit, selector, peer }) => `${exit} (${hexOf(selector)}, ${shortPeerId(peer)})`);
  const what = found.length > 1 ? `more than one exit matches "${name}"` : `there is no exit "${name}"`;
  throw new ControlError("refused", `${what}; peer exits: ${all.length === 0 ? "none" : all.join(", ")}`);
}

function isCalled({ exit, selector, peer }: NamedExit, name: string): boolean {
  if (/^\d{1,2}$/.test(name)) return exit === Number(name);
  const id = name.replaceAll("-", "");
  if (hexOf(selector) === name.toLowerCase()) return true;
  return id.length >= MIN_ID_LENGTH && peer.startsWith(id);
}

function hexOf(selector: number): string {
  return selector.toString(16).padStart(4, "0");
}
