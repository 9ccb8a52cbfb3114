/** The certificate by which peers know the coordinator: from files, or self-signed with a key that is kept. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, webcrypto, X509Certificate } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { pinOf } from "@nat64/peer-protocol/node";
import type { ConfigFile } from "../config/index.ts";

/** What TLS needs, and what peers pin. */
export interface Certificate {
  /** PEM, with the chain if there is one. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** `sha256//…`: stays the same as long as the key does. */
  readonly pin: string;
}

/** Days for which a self-signed certificate is good; it is made anew at each start, with the same key. */
const DAYS = 3650;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Reads or makes it. Rejects with an `Error` whose sentence names the file. */
export async function loadCertificate({ tls }: ConfigFile): Promise<Certificate> {
  const { certificate: path, key, "self-signed": kept } = tls;
  if (kept !== undefined) return selfSigned(kept, tls.name);
  const [cert, privateKey] = [read(path!), read(key!)];
  return bundle(cert, privateKey, `${path} and ${key}`);
}

async function selfSigned(path: string, name: string): Promise<Certificate> {
  const pem = readKept(path) ?? make(path);
  // Only here, since the two take a while to load; the second wants the first to be there.
  await import("reflect-metadata");
  const { KeyUsageFlags, KeyUsagesExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } = await import(
    "@peculiar/x509"
  );
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys: await importKeys(path, pem),
      signingAlgorithm: ALGORITHM,
      // Clocks differ.
      notBefore: new Date(now - 86_400_000),
      notAfter: new Date(now + DAYS * 86_400_000),
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
      ],
    },
    webcrypto,
  );
  return bundle(certificate.toString("pem"), pem, path);
}

async function importKeys(path: string, pem: string): Promise<webcrypto.CryptoKeyPair> {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new Error(`${path} holds no private key in PEM: put the right file there, or remove it for a new one`);
  }
  const { kty, crv, x, y, d } = key.export({ format: "jwk" });
  if (crv !== "P-256")
    throw new Error(`${path} holds a key of another kind than EC P-256, which this coordinator makes`);
  const publicJwk = { kty: kty!, crv, x: x!, y: y! };
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey("jwk", { ...publicJwk, d: d! }, ALGORITHM, true, ["sign"]),
    webcrypto.subtle.importKey("jwk", publicJwk, ALGORITHM, true, ["verify"]),
  ]);
  return { privateKey, publicKey };
}

function bundle(cert: string, key: string, source: string): Certificate {
  try {
    // Throws if the two do not belong together.
    createSecureContext({ cert, key });
    return { cert, key, pin: pinOf(new X509Certificate(cert)) };
  } catch (error) {
    throw new Error(`no usable certificate with its key in ${source}: ${(error as Error).message}`);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
}

function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Error(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
}

function make(path: string): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  try {
    // Only if it is still not there: whoever pinned a key must not lose it.
    const file = openSync(path, "wx", 0o600);
    try {
      writeSync(file, pem);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Error(`${path} cannot be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  return pem;
}
