/** Options and constants of the machine of an IPv4 peer. */
import type { CryptoSuite, ExitPolicy, PortBlock, Sign } from "@nat64/peer-protocol";
import type { Refusals } from "@nat64/rfc6052";
import type { Endpoint } from "@nat64/teredo";

export interface V4PeerOptions {
  /** The peer's Ed25519 public key, base64url. */
  readonly identity: string;
  /** Signs with the private key of `identity`. */
  readonly sign: Sign;
  readonly suite: CryptoSuite;
  /** Which addresses are global: mappings, relays, prefixes. */
  readonly refusals: Refusals;
  /**
   * Destinations that may be reached through this peer, as sent in `accept`. If it allows nothing, no offer is
   * accepted.
   */
  readonly policy: ExitPolicy;
  /** Whether clients may use the pinned selector for all destinations. */
  readonly pinnedInternet: boolean;
  /** In bits per second, for all pairs together. Absent: no limit. */
  readonly bandwidth?: number;
  /**
   * The port block of each place for a pair (place = index). Blocks are disjoint and avoid the ports that the host uses
   * itself. Their number is the maximum number of pairs, at most 64.
   */
  readonly blocks: readonly PortBlock[];
  /** Peer ids of the IPv6 peers to pair with first. */
  readonly wants: readonly string[];
  /** Whether to pair only with these. */
  readonly onlyWanted: boolean;
  /** The owner's pins: prefixes (/80, canonical text), each with the only peer id that may offer it. */
  readonly pins: ReadonlyMap<string, string>;
  /**
   * The UDP socket's own address and port on the outgoing interface, if known. An equal mapping means that there is no
   * NAT.
   */
  readonly local?: Endpoint;
}

/** Milliseconds for which an accepted offer waits for its `pair`. */
export const AGREEMENT_TIMEOUT_MS = 30_000;

/** Answers (2) to probes in one second, for each pair (PROTOCOL.md §12). */
export const ANSWERS_PER_SECOND = 10;

/**
 * Nonces a that a pair remembers, so that a replayed (1) does not count: enough for three hours of regular exchanges.
 */
export const REMEMBERED_NONCES = 1024;

/** Answers (2) of a pair that can wait for their (3): as many as it can send within `VALIDATION_WINDOW_MS`. */
export const OPEN_EXCHANGES = 64;
