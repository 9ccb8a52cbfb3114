/** The crypto suite of Node, synchronous, on raw keys. */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import type { CryptoSuite, Sign } from "../../src/index.ts";

/** What stands before a raw key in PKCS #8 and SPKI (RFC 8410 §4, §7); the byte is the last of the algorithm's OID. */
const ED25519 = 0x70;
const X25519 = 0x6e;
const privateStart = (algorithm: number): number[] => [
  ...[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, algorithm, 4, 0x22, 4, 0x20],
];
const publicStart = (algorithm: number): number[] => [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, algorithm, 3, 0x21, 0];

function privateKeyOf(algorithm: number, raw: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from([...privateStart(algorithm), ...raw]), format: "der", type: "pkcs8" });
}

function publicKeyOf(algorithm: number, raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from([...publicStart(algorithm), ...raw]), format: "der", type: "spki" });
}

/** Signs with an Ed25519 seed of 32 bytes. */
export function signerOf(seed: Uint8Array): Sign {
  const key = privateKeyOf(ED25519, seed);
  return (data) => new Uint8Array(sign(null, data, key));
}

/** The Ed25519 public key of a seed, 32 bytes. */
export function identityOf(seed: Uint8Array): Uint8Array {
  const key = createPublicKey(privateKeyOf(ED25519, seed)).export({ format: "der", type: "spki" });
  return new Uint8Array(key.subarray(-32));
}

/** Counts its HMACs, so that tests can see who was made to compute one. */
export interface CountingSuite extends CryptoSuite {
  readonly hmacs: () => number;
}

export function nodeCrypto(): CountingSuite {
  let hmacs = 0;
  return {
    hmacs: () => hmacs,
    sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
    hmacSha256: (key, data) => {
      hmacs++;
      return new Uint8Array(createHmac("sha256", key).update(data).digest());
    },
    verify: (publicKey, data, signature) => {
      try {
        return verify(null, data, publicKeyOf(ED25519, publicKey), signature);
      } catch {
        return false;
      }
    },
    x25519: (privateKey, publicKey) => {
      try {
        const keys = { privateKey: privateKeyOf(X25519, privateKey), publicKey: publicKeyOf(X25519, publicKey) };
        return new Uint8Array(diffieHellman(keys));
      } catch {
        return undefined;
      }
    },
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  };
}
