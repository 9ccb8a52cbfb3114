/** Times of the protocol (PROTOCOL.md), in milliseconds. */
export const TIMES = {
  /** From the TCP connection to the end of the TLS handshake. */
  handshakeMs: 5_000,
  /** From the TCP connection to a valid `hello`. */
  helloMs: 10_000,
  /** For `prove`. */
  proveMs: 10_000,
  /** For `offer`, and for `accept`. */
  answerMs: 10_000,
  /** How long a mapping nonce is valid. */
  mappingNonceMs: 30_000,
  /** How long a claim to a held pair waits for the other end. */
  heldClaimMs: 60_000,
  /** How long the pairs of a disconnected peer are kept. */
  lostPeerMs: 300_000,
  /** How long a pair is kept whose path is down while its IPv4 peer is disconnected; then the IPv6 peer gets another exit. */
  deadExitMs: 60_000,
  /** Default hold-off before two peers are proposed to each other again. */
  holdOffMs: 300_000,
  /** Shortest hold-off that a peer can ask for. */
  minHoldOffMs: 5_000,
  /** Longest hold-off, so that nobody fills the table for long. */
  maxHoldOffMs: 3_600_000,
  /** A pair or proposal that ends sooner than this has a hold-off, so that nobody makes and ends it again and again. */
  youngPairMs: 30_000,
  /** How long a path must stay up before its earlier failures are forgotten. */
  stablePathMs: 60_000,
  /** Hold-off after a peer did not answer in time. */
  silenceHoldOffMs: 30_000,
  /** How long a path may stay down before its pair ends. */
  neverUpMs: 1_800_000,
  /** Minimum interval between two `get-prefixes`. */
  prefixesMs: 1_000,
} as const;

/** When the datagrams of a proof of prefix are sent again, in milliseconds after the first time. */
export const PROOF_REPEATS_MS: readonly number[] = [1_000, 3_000];

/** Wait before the next fresh Teredo address of a pair whose path is down: after the first, the second, … */
export const FRESH_ADDRESS_WAITS_MS: readonly number[] = [5_000, 10_000, 20_000, 40_000, 60_000];

/** After this many keep-alive intervals of silence a connection is closed. */
export const MAX_SILENT_INTERVALS = 3;
