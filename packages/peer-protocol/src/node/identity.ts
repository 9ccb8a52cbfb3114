/** A peer's identity: an Ed25519 key pair, created once and stored in a file that only its owner can read. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Sign } from "../crypto/suite.ts";
import { peerIdOf } from "../identity/peer-id.ts";
import { createKeyFile } from "./create-key-file.ts";
import { CURVE, privateKeyOf, rawPublicKey } from "./raw-keys.ts";
import { nodeSuite } from "./suite.ts";

/** A peer's identity and its signing function. The private key stays inside `sign`. */
export interface Identity {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 characters; see `peerIdOf`. */
  readonly peerId: string;
  readonly sign: Sign;
}

/** The identity of an Ed25519 private key of 32 bytes (RFC 8032 §5.1.5); throws a `TypeError` for another length. */
export function identityOfSeed(seed: Uint8Array): Identity {
  if (seed.length !== 32) throw new TypeError("an Ed25519 private key has 32 bytes");
  return identityOf(privateKeyOf(CURVE.ed25519, seed));
}

/**
 * Reads the identity in a PEM file (PKCS #8), or creates one and writes it there, readable only by its owner. Throws
 * the errors of `node:fs`, and an `Error` with a sentence if the file contains something else.
 */
export function loadIdentity(path: string): Identity {
  const pem = tryRead(path) ?? make(path);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new Error(`${path} holds no private key in PEM: put the right file there, or remove it for a new identity`);
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new Error(`${path} holds a key of type ${key.asymmetricKeyType}, not ed25519`);
  }
  return identityOf(key);
}

function identityOf(key: KeyObject): Identity {
  const publicKey = rawPublicKey(key);
  return { publicKey, peerId: peerIdOf(publicKey, nodeSuite), sign: (data) => new Uint8Array(sign(null, data, key)) };
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function make(path: string): string {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  // Fails if the file exists by now: if two processes start at the same time, one fails and no key is lost.
  createKeyFile(path, pem);
  return pem;
}
