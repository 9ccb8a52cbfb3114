/**
 * Names of peers. An identity is an Ed25519 public key. A peer id is a hash of it that people can copy. The short form
 * is for display.
 */
import { concat, label } from "../crypto/concat.ts";
import type { CryptoSuite } from "../crypto/suite.ts";

/** Length of the truncated hash in bytes: long enough that nobody can find a second key for an id. */
const PEER_ID_LENGTH = 20;

/** RFC 4648 §6, in lower case. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** The id of an identity (32 bytes): 160 bits of SHA-256 as 32 characters of base32. */
export function peerIdOf(identity: Uint8Array, suite: Pick<CryptoSuite, "sha256">): string {
  const hash = suite.sha256(concat(label("peer id"), identity));
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of hash.subarray(0, PEER_ID_LENGTH)) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
  }
  return text;
}

/** The first half in groups, `abcd-efgh-ijkl-mnop`: 80 bits, for comparing by eye but not for pinning. */
export function shortPeerId(peerId: string): string {
  return (peerId.slice(0, 16).match(/.{4}/g) ?? []).join("-");
}
