/** The fields of a probe that passed `checkProbe`: one by one for the packet path, as a record for all other uses. */
import { NONCE_LENGTH, PAIR_ID_LENGTH } from "../schema/binary-fields.ts";
import { checkProbe } from "./check.ts";
import type { ProbeFault } from "./fault.ts";
import { AT, type ProbeNumber } from "./layout.ts";
import { isSame } from "./verify.ts";

/** The number of the message. */
export function readProbeNumber(packet: Uint8Array, offset: number): ProbeNumber {
  return packet[offset + AT.number] as ProbeNumber;
}

/** Whether the probe is about the pair with this identifier. */
export function isProbeOf(packet: Uint8Array, offset: number, pair: Uint8Array): boolean {
  return isSame(packet, offset + AT.pair, pair);
}

/** Whether nonce a or b of the probe is this one. */
export function hasNonce(packet: Uint8Array, offset: number, which: "a" | "b", nonce: Uint8Array): boolean {
  return isSame(packet, offset + (which === "a" ? AT.nonceA : AT.nonceB), nonce);
}

/** Copies nonce a or b of the probe into 16 bytes. */
export function copyNonce(packet: Uint8Array, offset: number, which: "a" | "b", out: Uint8Array): void {
  const at = offset + (which === "a" ? AT.nonceA : AT.nonceB);
  for (let i = 0; i < NONCE_LENGTH; i++) out[i] = packet[at + i];
}

/** A probe as a record. Bytes are copies. */
export interface Probe {
  readonly number: ProbeNumber;
  /** 16 bytes each. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly pair: Uint8Array;
  readonly a: Uint8Array;
  /** Zeros in message 1. */
  readonly b: Uint8Array;
}

/** Parses the probe in a complete packet. Returns it or its first fault. Does not check the MAC: see `verifyProbe`. */
export function parseProbe(packet: Uint8Array): Probe | ProbeFault {
  const fault = checkProbe(packet, 0, packet.length);
  if (fault !== undefined) return fault;
  return {
    number: readProbeNumber(packet, 0),
    source: packet.slice(AT.source, AT.destination),
    destination: packet.slice(AT.destination, AT.type),
    pair: packet.slice(AT.pair, AT.pair + PAIR_ID_LENGTH),
    a: packet.slice(AT.nonceA, AT.nonceB),
    b: packet.slice(AT.nonceB, AT.mac),
  };
}
