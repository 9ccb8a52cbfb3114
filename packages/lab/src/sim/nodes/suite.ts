/** The cryptography of a simulation. */
import { createHash } from "node:crypto";
import type { CryptoSuite } from "@nat64/peer-protocol";
import { nodeSuite } from "@nat64/peer-protocol/node";
import type { Random } from "@nat64/simnet";

/**
 * The real suite, except for random bytes: those come from the simulation, so that the same seed gives the same run.
 * FOR SIMULATIONS ONLY: anyone who knows the seed knows every key.
 */
export function simulationSuite(random: Random): CryptoSuite {
  return { ...nodeSuite, randomBytes: (length) => random.fill(new Uint8Array(length)) };
}

/**
 * Replaces the exporter of a TLS connection (RFC 9266): the same at both ends, different for each connection.
 *
 * @param stream the stream's number in the simulation
 */
export function exporterOf(stream: number): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`exporter of stream ${stream}`).digest());
}

/** Derives 32 bytes from a name: the private key of an identity. */
export function seedOf(name: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`identity of ${name}`).digest());
}
