/** Checks signatures more strictly than some implementations of Ed25519 do, so that all peers judge alike. */
import { isLess, isStrongEd25519Point } from "./points.ts";
import type { CryptoSuite } from "./suite.ts";

/** The order of the base point (RFC 8032 §5.1), least significant byte first: 2^252 + 277…493. */
const ORDER = Uint8Array.of(
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14],
  ...[...new Uint8Array(15), 0x10],
);

/**
 * Whether a signature is valid (PROTOCOL.md §9): the public key and the point R are canonical and not of small order, S is
 * below the order of the base point (RFC 8032 §5.1.7), and the equation holds.
 */
export function verifySignature(
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
  suite: Pick<CryptoSuite, "verify">,
): boolean {
  return (
    signature.length === 64 &&
    isStrongEd25519Point(publicKey) &&
    isStrongEd25519Point(signature.subarray(0, 32)) &&
    isLess(signature.subarray(32), ORDER) &&
    suite.verify(publicKey, data, signature)
  );
}
