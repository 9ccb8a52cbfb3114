/** Converts raw keys of 32 bytes to Node's key objects, by adding the prefix of PKCS #8 or SPKI (RFC 8410 §4, §7). */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** The two curves, each by the last byte of its OID, 1.3.101.110 and 1.3.101.112. */
export const CURVE = { x25519: 0x6e, ed25519: 0x70 } as const;
type Curve = (typeof CURVE)[keyof typeof CURVE];

/** Length of a raw key, public or private, in bytes. */
const RAW_LENGTH = 32;

/** Throws for what is no key of 32 bytes. */
export function privateKeyOf(curve: Curve, raw: Uint8Array): KeyObject {
  const start = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, curve, 4, 0x22, 4, RAW_LENGTH];
  return createPrivateKey({ key: Buffer.from([...start, ...raw]), format: "der", type: "pkcs8" });
}

/** Throws for what is no key of 32 bytes. */
export function publicKeyOf(curve: Curve, raw: Uint8Array): KeyObject {
  const start = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, curve, 3, RAW_LENGTH + 1, 0];
  return createPublicKey({ key: Buffer.from([...start, ...raw]), format: "der", type: "spki" });
}

/** The public key of a public or private key, as 32 bytes. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const whole = key.type === "private" ? createPublicKey(key) : key;
  return new Uint8Array(whole.export({ format: "der", type: "spki" }).subarray(-RAW_LENGTH));
}
