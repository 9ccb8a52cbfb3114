/**
 * The keys of a pair: X25519 of both ephemeral keys, then HKDF-SHA-256 over everything that both peers have signed. The
 * coordinator, which forwards the messages, cannot compute them. If it changes a field, the two peers at best derive
 * different keys.
 */
import { concat, label } from "../crypto/concat.ts";
import { hkdfSha256 } from "../crypto/hkdf.ts";
import { isStrongX25519Point } from "../crypto/points.ts";
import type { CryptoSuite } from "../crypto/suite.ts";
import type { Accept } from "../messages/kinds/accept.ts";
import type { Offer } from "../messages/kinds/offer.ts";
import type { Role } from "../messages/message-definition.ts";
import { bytesOfBase64url, toBase64url } from "../text/base64url.ts";
import { acceptBytes } from "./signed-bytes.ts";

/** Length of each key, in bytes. */
export const PAIR_KEY_LENGTH = 32;

/** One key for each direction, so that no message can be reflected to its sender. */
export interface PairKeys {
  /** For messages from the IPv6 peer to the IPv4 peer, 32 bytes. */
  readonly toV4: Uint8Array;
  /** For messages from the IPv4 peer to the IPv6 peer, 32 bytes. */
  readonly toV6: Uint8Array;
}

/** An X25519 key pair for one pair only. */
export interface EphemeralKeys {
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /** For `ephemeral` in `offer` or `accept`. */
  readonly publicKey: string;
}

/** The base point of X25519 (RFC 7748 §4.1). */
const BASE_POINT = new Uint8Array(32);
BASE_POINT[0] = 9;

/** Generates a key pair. Throws if the suite cannot multiply the base point, which is a fault of the suite. */
export function makeEphemeralKeys(suite: Pick<CryptoSuite, "randomBytes" | "x25519">): EphemeralKeys {
  const privateKey = suite.randomBytes(PAIR_KEY_LENGTH);
  const publicKey = suite.x25519(privateKey, BASE_POINT);
  if (publicKey === undefined) throw new TypeError("the crypto suite has no X25519");
  return { privateKey, publicKey: toBase64url(publicKey) };
}

/**
 * Derives the keys from an offer and its accept, both already checked. `role` is the role of the owner of `privateKey`.
 * Forget that key afterwards. Returns `weak-key` if the other ephemeral key is not canonical, or has small order and gives
 * no secret.
 */
export function derivePairKeys(
  offer: Offer,
  accept: Accept,
  role: Role,
  privateKey: Uint8Array,
  suite: Pick<CryptoSuite, "hmacSha256" | "x25519">,
): PairKeys | "weak-key" {
  const theirs = bytesOfBase64url(role === "v6peer" ? accept.ephemeral : offer.ephemeral);
  if (!isStrongX25519Point(theirs)) return "weak-key";
  const secret = suite.x25519(privateKey, theirs);
  if (secret === undefined || secret.every((byte) => byte === 0)) return "weak-key";
  const info = concat(label("pair keys"), acceptBytes(offer, accept));
  const keys = hkdfSha256(suite.hmacSha256, label("salt"), secret, info, 2 * PAIR_KEY_LENGTH);
  return { toV4: keys.slice(0, PAIR_KEY_LENGTH), toV6: keys.slice(PAIR_KEY_LENGTH) };
}
