/**
 * The UDP payload of a proof of prefix: the coordinator sends three of them from the address and port of `challenge`
 * to random addresses in the prefix, port 3544.
 *
 *      0      4      5      6        8          24
 *      +------+------+------+--------+----------+
 *      | N64O |  1   |index |  zero  |  nonce   |
 *      +------+------+------+--------+----------+
 */
import { concat } from "../crypto/concat.ts";
import { isSameSecret } from "../crypto/is-same-secret.ts";
import { PREFIX_PROOFS } from "../messages/kinds/prove.ts";
import { NONCE_LENGTH } from "../schema/binary-fields.ts";
import { encodeUtf8 } from "../text/utf8.ts";

/** UDP destination port of proofs: Teredo's (RFC 4380 §2.7), which is unused in a NAT64 prefix. */
export const PREFIX_PROOF_PORT = 3544;

/** Length of the payload, in bytes. */
export const PREFIX_PROOF_LENGTH = 24;

/** Magic and version. */
const START = concat(encodeUtf8("N64O"), 1);
const INDEX = 5;
const NONCE = 8;

/** The contents of a proof. */
export interface PrefixProof {
  /** Which of the three, 0 … 2. */
  readonly index: number;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
}

/** Creates the payload of a proof. */
export function emitPrefixProof({ index, nonce }: PrefixProof): Uint8Array {
  return concat(START, index, 0, 0, nonce);
}

/** Parses the proof in a payload. Returns `undefined` if it is not a proof of this version. */
export function parsePrefixProof(payload: Uint8Array): PrefixProof | undefined {
  if (payload.length !== PREFIX_PROOF_LENGTH || !isSameSecret(payload.subarray(0, INDEX), START)) return undefined;
  const index = payload[INDEX];
  if (index >= PREFIX_PROOFS) return undefined;
  return { index, nonce: payload.slice(NONCE, NONCE + NONCE_LENGTH) };
}
