/** The certificate of the coordinator: from files, or self-signed with a key that is kept. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, webcrypto, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { createKeyFile, pinOf } from "@nat64/peer-protocol/node";
import type { ConfigFile } from "../config/index.ts";

/** A certificate with its key and pin. */
export interface Certificate {
  /** PEM, with the chain if the file has one. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** `sha256//…`: it stays the same as long as the key does. */
  readonly pin: string;
}

/** Validity of a self-signed certificate. A new one is made at each start, with the same key. */
const VALIDITY_DAYS = 3650;

const DAY_MS = 86_400_000;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Reads or makes the certificate. Rejects with an `Error` whose sentence names the file. */
export async function loadCertificate({ tls }: ConfigFile): Promise<Certificate> {
  const { certificate: path, key, "self-signed": kept } = tls;
  if (kept !== undefined) return selfSigned(kept, tls.name);
  const [cert, privateKey] = [read(path!), read(key!)];
  return bundle(cert, privateKey, `${path} and ${key}`);
}

async function selfSigned(path: string, name: string): Promise<Certificate> {
  const pem = readKept(path) ?? make(path);
  // Imported here because the two load slowly. The second needs the first.
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
      // Clocks of peers may be behind.
      notBefore: new Date(now - DAY_MS),
      notAfter: new Date(now + VALIDITY_DAYS * DAY_MS),
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
    throw new Error(`${path} contains no private key in PEM; restore the right file, or remove it to get a new key`);
  }
  const { kty, crv, x, y, d } = key.export({ format: "jwk" });
  if (crv !== "P-256")
    throw new Error(`${path} contains a key that is not EC P-256, the type that this coordinator creates`);
  const publicJwk = { kty: kty!, crv, x: x!, y: y! };
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey("jwk", { ...publicJwk, d: d! }, ALGORITHM, true, ["sign"]),
    webcrypto.subtle.importKey("jwk", publicJwk, ALGORITHM, true, ["verify"]),
  ]);
  return { privateKey, publicKey };
}

function bundle(cert: string, key: string, source: string): Certificate {
  try {
    // Throws if certificate and key do not match.
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
    // Never replaces a file: peers may have pinned its key.
    createKeyFile(path, pem);
  } catch (error) {
    throw new Error(`${path} cannot be written: ${(error as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  return pem;
}
