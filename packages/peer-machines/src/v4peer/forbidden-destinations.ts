/** Destinations that must not be reached through an IPv4 peer, regardless of its policy (design §3). */
import type { Welcome } from "@nat64/peer-protocol";
import { parseIPv4 } from "@nat64/rfc6052";
import type { Endpoint } from "@nat64/teredo";
import type { Forbidden } from "./outputs.ts";

/**
 * The coordinator's addresses, and the home NAT's address as the coordinator sees it.
 *
 * @param endpoints the Teredo server's endpoints and the peer's own mapping
 */
export function forbiddenDestinations(welcome: Welcome | undefined, endpoints: readonly Endpoint[]): Forbidden {
  const texts = welcome === undefined ? [] : [welcome.observed, ...welcome.addresses];
  const words = texts.filter((text) => !text.includes(":")).map(parseIPv4);
  for (const { address } of endpoints) words.push(address);
  return { kind: "forbidden", addresses: [...new Set(words.map((word) => word | 0))] };
}
