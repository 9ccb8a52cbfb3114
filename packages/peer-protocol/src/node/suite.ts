/** The crypto suite of Node: synchronous, on raw keys. */
import { createHash, createHmac, diffieHellman, randomBytes, verify } from "node:crypto";
import type { CryptoSuite } from "../crypto/suite.ts";
import { CURVE, privateKeyOf, publicKeyOf } from "./raw-keys.ts";

/** Node's {@link CryptoSuite}. It has no state and can be shared. */
export const nodeSuite: CryptoSuite = {
  sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
  hmacSha256: (key, data) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
  verify: (publicKey, data, signature) =>
    orUndefined(() => verify(null, data, publicKeyOf(CURVE.ed25519, publicKey), signature)) ?? false,
  x25519: (privateKey, publicKey) =>
    orUndefined(() => {
      const keys = {
        privateKey: privateKeyOf(CURVE.x25519, privateKey),
        publicKey: publicKeyOf(CURVE.x25519, publicKey),
      };
      return new Uint8Array(diffieHellman(keys));
    }),
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
};

/** Bytes from strangers may not be a valid key; Node then throws. */
function orUndefined<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
