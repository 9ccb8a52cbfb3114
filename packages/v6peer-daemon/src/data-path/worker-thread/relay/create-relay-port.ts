import { borrowUdpSocket } from "@nat64/packet-io/udp";
import {
  bytesOf,
  compilePool,
  compileRefusals,
  LABORATORY_BLOCKS,
  parseCidr,
  parseIPv4,
  parseIPv6,
  SELECTOR,
} from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import { type IPv6Prefix, TeredoRelay } from "@nat64/teredo";
import type { PeerExitsOptions } from "../../messages/peer-exits.ts";
import type { RelayPortParts } from "./parts.ts";
import { RelayPort } from "./relay-port.ts";

/** Creates the relay. Throws if the options have none. */
export function createRelayPort(options: PeerExitsOptions, parts: RelayPortParts): RelayPort {
  const { relay } = options;
  if (relay === undefined) throw new Error("no relay is configured");
  const pool = compilePool(options.prefix);
  const refusals = compileRefusals({ allow: options.lab ? LABORATORY_BLOCKS : [] });
  const machine = new TeredoRelay({
    serves: [options.prefix, ...relay.serves].map(toPrefix),
    errorSource: bytesOf(parseIPv6(pool.embed(SELECTOR.self, "0.0.0.1"))),
    own: [{ address: parseIPv4(relay.address), port: relay.udp.port }],
    isGlobalUnicast: (ipv4) => !refusals.refusesIPv4(ipv4),
    hashKey: [parts.random() | 0, parts.random() | 0],
    random: () => parts.random() | 0,
  });
  const isOwn = (bytes: Uint8Array, at: number) =>
    pool.matches(get32(bytes, at), get32(bytes, at + 4), get32(bytes, at + 8));
  return new RelayPort(machine, borrowUdpSocket(relay.udp), parts, isOwn, relay.serves.length > 0);
}

function toPrefix(text: string): IPv6Prefix {
  const { words, length } = parseCidr(text);
  return { address: bytesOf(words), length };
}
