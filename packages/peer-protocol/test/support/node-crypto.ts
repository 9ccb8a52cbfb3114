/** The crypto suite of Node for the tests, from raw keys. */
import type { CryptoSuite, Sign } from "../../src/index.ts";
import { identityOfSeed, nodeSuite } from "../../src/node/index.ts";

/** Signs with an Ed25519 seed of 32 bytes. */
export function signerOf(seed: Uint8Array): Sign {
  return identityOfSeed(seed).sign;
}

/** The Ed25519 public key of a seed, 32 bytes. */
export function identityOf(seed: Uint8Array): Uint8Array {
  return identityOfSeed(seed).publicKey;
}

/** Counts its HMACs, so that tests can see when one was computed. */
export interface CountingSuite extends CryptoSuite {
  readonly hmacs: () => number;
}

export function nodeCrypto(): CountingSuite {
  let hmacs = 0;
  return {
    ...nodeSuite,
    hmacs: () => hmacs,
    hmacSha256: (key, data) => {
      hmacs++;
      return nodeSuite.hmacSha256(key, data);
    },
  };
}
