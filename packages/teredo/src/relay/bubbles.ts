/**
 * The relay's bubbles. Their source is an address in fe80::/64 that contains the peer's nonce. Only a receiver of such
 * a bubble can answer to that address, so the relay trusts an answer from any IPv4 address and port.
 */
import { get32, set32 } from "@nat64/rfc6052/bytes";
import { makeBubble } from "../datagram/bubble.ts";
import { IPV6_DESTINATION, IPV6_SOURCE } from "../datagram/ipv6.ts";
import { TEREDO_PORT } from "../endpoint.ts";
import type { SendDatagram } from "../outputs.ts";
import type { PeerTable } from "./peer-table.ts";

/** fe80::/64 and 2001:0::/32. */
const LINK_LOCAL = 0xfe800000 | 0;
const TEREDO = 0x20010000;

/** Creates the bubble through the peer's server, preceded by a direct one to the mapping if requested. */
export function relayBubbles(peers: PeerTable, peer: number, direct: boolean): readonly SendDatagram[] {
  const server = peers.word(peer, 1);
  const source = address(LINK_LOCAL, 0, peers.nonce(peer, 0), peers.nonce(peer, 1));
  const bytes = makeBubble(source, address(TEREDO, server, peers.word(peer, 2), peers.word(peer, 3)));
  const mapped = { address: peers.mappedAddress(peer), port: peers.mappedPort(peer) };
  const indirect: SendDatagram = { kind: "datagram", address: server, port: TEREDO_PORT, bytes };
  return direct ? [{ kind: "datagram", ...mapped, bytes }, indirect] : [indirect];
}

/** Whether a packet is addressed to the peer's nonce address. @param source offset of the packet's source address */
export function isToNonce(peers: PeerTable, peer: number, bytes: Uint8Array, source: number): boolean {
  const destination = source + IPV6_DESTINATION - IPV6_SOURCE;
  return (
    get32(bytes, destination) === LINK_LOCAL &&
    get32(bytes, destination + 4) === 0 &&
    get32(bytes, destination + 8) === peers.nonce(peer, 0) &&
    get32(bytes, destination + 12) === peers.nonce(peer, 1)
  );
}

function address(...words: readonly [number, number, number, number]): Uint8Array {
  const bytes = new Uint8Array(16);
  for (const [i, word] of words.entries()) set32(bytes, i * 4, word);
  return bytes;
}
