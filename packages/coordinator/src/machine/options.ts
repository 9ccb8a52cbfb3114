import type { CryptoSuite, Endpoint } from "@nat64/peer-protocol";
import type { Refusals } from "@nat64/rfc6052";
import type { Limits } from "./limits/limits.ts";
import type { EnrolmentOptions } from "./peers/enrolment.ts";

/** What a coordinator needs to know. */
export interface CoordinatorOptions {
  readonly suite: CryptoSuite;
  /** All its addresses, both families, canonical text: what `welcome` tells. */
  readonly addresses: readonly string[];
  /** The Teredo server's two sockets as the world sees them; the primary address stands in Teredo addresses. */
  readonly primary: Endpoint;
  readonly secondary: Endpoint;
  /** Where proofs of prefix come from: an IPv6 address in canonical text, and a UDP port. */
  readonly proofSource: { readonly address: string; readonly port: number };
  /** Which addresses are not global; a laboratory allows more. */
  readonly refusals: Refusals;
  readonly enrolment: EnrolmentOptions;
  /** Seconds of silence after which either side sends `ping`, 5 … 300. */
  readonly keepAlive: number;
  /** Seconds between two Router Solicitations, 5 … 25. */
  readonly solicitationInterval: number;
  /** What each pair may use, in bits per second. */
  readonly pairBandwidth?: number;
  readonly limits: Limits;
  /** Name and version of the program, for humans. */
  readonly software: string;
}
