/** What the machine of an IPv4 peer needs to know, and its constants. */
import type { CryptoSuite, ExitPolicy, PortBlock, Sign } from "@nat64/peer-protocol";
import type { Refusals } from "@nat64/rfc6052";
import type { Endpoint } from "@nat64/teredo";

export interface V4PeerOptions {
  /** The own Ed25519 public key, base64url. */
  readonly identity: string;
  /** Signs with the private key of `identity`. */
  readonly sign: Sign;
  readonly suite: CryptoSuite;
  /** Which addresses are global: mappings, relays, prefixes. */
  readonly refusals: Refusals;
  /** What may be reached through this peer, as `accept` tells it. With neither part of it nobody is accepted. */
  readonly policy: ExitPolicy;
  /** Whether clients may use the pinned selector for all destinations, too. */
  readonly pinnedInternet: boolean;
  /** In bits per second, for all pairs together; left out: no limit. */
  readonly bandwidth?: number;
  /**
   * The port block of each place for a pair (place = index): disjoint, outside every port that the host uses itself.
   * Their number is the largest number of pairs, at most 64.
   */
  readonly blocks: readonly PortBlock[];
  /** Peer ids of the IPv6 peers to be paired with before all others. */
  readonly wants: readonly string[];
  /** Whether to be paired with nobody else. */
  readonly onlyWanted: boolean;
  /** Prefixes (/80, canonical text) with the one peer id that may offer each: the owner's pins. */
  readonly pins: ReadonlyMap<string, string>;
  /** The UDP socket's own address and port as the way out has it, if known: a mapping that is the same means no NAT. */
  readonly local?: Endpoint;
}

/** Milliseconds that an accepted offer waits for its `pair`. */
export const AGREEMENT_TIMEOUT_MS = 30_000;

/** Answers (2) to probes in one second, for each pair (PROTOCOL.md §12). */
export const ANSWERS_PER_SECOND = 10;

/** Nonces a that a pair remembers, so that the same (1) does not count twice: three hours of honest exchanges. */
export const REMEMBERED_NONCES = 1024;

/** Answers (2) of a pair that may wait for their (3): as many as it can send within `VALIDATION_WINDOW_MS`. */
export const OPEN_EXCHANGES = 64;
