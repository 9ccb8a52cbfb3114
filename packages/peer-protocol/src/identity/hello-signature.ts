/**
 * The signature in `hello` proves that the holder of the private key is at the other end of this TLS connection. A
 * coordinator cannot reuse it at another coordinator, because the exporter differs (RFC 9266 §2).
 */
import { concat, label } from "../crypto/concat.ts";
import { verifySignature } from "../crypto/signature.ts";
import type { CryptoSuite, Sign } from "../crypto/suite.ts";
import type { Hello } from "../messages/kinds/hello.ts";
import type { Role } from "../messages/message-definition.ts";
import { bytesOfBase64url, toBase64url } from "../text/base64url.ts";

/** The arguments for the TLS exporter (RFC 9266 §2): this label, an empty context, 32 bytes. */
export const EXPORTER = { label: "EXPORTER-Channel-Binding", length: 32 } as const;

/** A role as one byte. */
export const ROLE_BYTES: Readonly<Record<Role, number>> = { v6peer: 6, v4peer: 4 };

/** The signed bytes: label, role, identity (32 bytes), exporter (32 bytes). */
export function helloBytes(role: Role, identity: Uint8Array, exporter: Uint8Array): Uint8Array {
  return concat(label("hello"), ROLE_BYTES[role], identity, exporter);
}

/** Creates a `hello` with its signature. */
export function signHello(fields: Omit<Hello, "type" | "signature">, exporter: Uint8Array, sign: Sign): Hello {
  const signed = helloBytes(fields.role, bytesOfBase64url(fields.identity), exporter);
  return { type: "hello", ...fields, signature: toBase64url(sign(signed)) };
}

/** Whether the signature of a parsed `hello` is valid on the connection with this exporter. */
export function verifyHello(hello: Hello, exporter: Uint8Array, suite: Pick<CryptoSuite, "verify">): boolean {
  const identity = bytesOfBase64url(hello.identity);
  const signed = helloBytes(hello.role, identity, exporter);
  if (exporter.length !== EXPORTER.length) return false;
  return verifySignature(identity, signed, bytesOfBase64url(hello.signature), suite);
}
