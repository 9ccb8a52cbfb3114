import type { CryptoSuite, Endpoint } from "@nat64/peer-protocol";
import type { Refusals } from "@nat64/rfc6052";
import type { Limits } from "./limits/limits.ts";
import type { EnrolmentOptions } from "./state/enrolment.ts";

/** The configuration of a coordinator. */
export interface CoordinatorOptions {
  readonly suite: CryptoSuite;
  /** All its addresses, both families, canonical text; sent in `welcome`. */
  readonly addresses: readonly string[];
  /** The Teredo server's primary socket as the internet sees it. Its address is part of Teredo addresses. */
  readonly primary: Endpoint;
  /** The Teredo server's secondary socket as the internet sees it. */
  readonly secondary: Endpoint;
  /** The source of the proofs of prefix: an IPv6 address in canonical text, and a UDP port. */
  readonly proofSource: { readonly address: string; readonly port: number };
  /** Which addresses are not global; a laboratory allows more. */
  readonly refusals: Refusals;
  readonly enrolment: EnrolmentOptions;
  /** Seconds of silence after which either side sends `ping`, 5 … 300. */
  readonly keepAliveSeconds: number;
  /** Seconds between two Router Solicitations, 5 … 25. */
  readonly solicitationIntervalSeconds: number;
  /** The limit that each pair is given. By default none. */
  readonly pairBitsPerSecond?: number;
  readonly limits: Limits;
  /** Name and version of the program, for humans. */
  readonly software: string;
}
