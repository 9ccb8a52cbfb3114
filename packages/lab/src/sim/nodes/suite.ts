/** The cryptography of a simulation. */
import { createHash } from "node:crypto";
import type { CryptoSuite } from "@nat64/peer-protocol";
import { nodeSuite } from "@nat64/peer-protocol/node";
import type { Random } from "@nat64/simnet";

/**
 * The real suite, but for its random bytes: those are the simulation's, so that the same seed gives the same run. FOR
 * SIMULATIONS ONLY: whoever knows the seed knows every key.
 */
export function simulationSuite(random: Random): CryptoSuite {
  return { ...nodeSuite, randomBytes: (length) => random.fill(new Uint8Array(length)) };
}

/**
 * Stands for the exporter of a TLS connection (RFC 9266): the same at both ends, another one for each connection.
 *
 * @param stream the stream's number in the simulation
 */
export function exporterOf(stream: number): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`exporter of stream ${stream}`).digest());
}

/** 32 bytes that a name always gives: the private key of an identity. */
export function seedOf(name: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`identity of ${name}`).digest());
}
