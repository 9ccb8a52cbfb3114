import type { Tuple } from "../packet/packet.ts";
import type { Nat64State } from "../state/nat64-state.ts";

/** Copies a tuple of IPv4 addresses. */
export function copyTuple4(from: Tuple, to: Tuple): void {
  to.source[0] = from.source[0];
  to.destination[0] = from.destination[0];
  to.sourcePort = from.sourcePort;
  to.destinationPort = from.destinationPort;
}

/** Writes the IPv6 address of a binding's client. */
export function copyClient(state: Nat64State, binding: number, words: Int32Array): void {
  const bindings = state.bindings;
  words[0] = bindings.clientWord(binding, 0);
  words[1] = bindings.clientWord(binding, 1);
  words[2] = bindings.clientWord(binding, 2);
  words[3] = bindings.clientWord(binding, 3);
}
