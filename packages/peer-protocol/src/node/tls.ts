/** The parts of Node's TLS that both sides need: the channel binding, and the pin of a certificate. */
import { createHash, type X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { EXPORTER } from "../identity/hello-signature.ts";

/** The exporter of a connection after its handshake (RFC 9266): 32 bytes, for `signHello` and `verifyHello`. */
export function exporterOf(socket: TLSSocket): Uint8Array {
  return new Uint8Array(socket.exportKeyingMaterial(EXPORTER.length, EXPORTER.label, Buffer.alloc(0)));
}

/**
 * The SHA-256 of a certificate's SubjectPublicKeyInfo, as `sha256//` and base64, the format of curl's `--pinnedpubkey`.
 * It does not change when the certificate is renewed with the same key.
 */
export function pinOf(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ format: "der", type: "spki" });
  return `sha256//${createHash("sha256").update(key).digest("base64")}`;
}

/** Whether a text is a valid pin. */
export function isPin(text: string): boolean {
  return /^sha256\/\/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text);
}
