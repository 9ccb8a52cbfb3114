/** How much of everything there may be. Whatever strangers can make grow stands here. */
export interface Limits {
  /** TCP connections at a time. */
  readonly connections: number;
  /** … from one IPv4 address, or one IPv6 /64; eight times as many from one /48. */
  readonly connectionsPerAddress: number;
  /** Identities that are known: connected, or lost for less than {@link TIMES.lost}. */
  readonly peers: number;
  /** Pairs, proposals among them. */
  readonly pairs: number;
  /** Claims of held pairs that wait for the other end. */
  readonly heldPairs: number;
  /** Proofs of prefix that are under way. */
  readonly challenges: number;
  /** New proofs of prefix per second, and for prefixes of one /48: each is nine datagrams to where somebody said. */
  readonly challengesPerSecond: number;
  readonly challengesPerSecondAndSite: number;
  /** Messages per second of one connection, and at once (PROTOCOL.md §2). */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Errors on one connection, after which it is closed. */
  readonly errors: number;
  /** Router Advertisements per second, and as many bubbles. */
  readonly datagramsPerSecond: number;
  /** Bubbles per second from one IPv4 address for one Teredo address: a relay sends one in three seconds. */
  readonly bubblesPerSecondAndWay: number;
  /** Bubbles per second from one IPv4 address: a relay sends one for each Teredo client that it does not know. */
  readonly bubblesPerSecondAndSource: number;
  /** Bubbles per second for one IPv4 peer. */
  readonly bubblesPerSecondAndTarget: number;
}

/** What is kept unless told otherwise. */
export const DEFAULT_LIMITS: Limits = {
  connections: 10_000,
  connectionsPerAddress: 32,
  peers: 10_000,
  pairs: 40_000,
  heldPairs: 40_000,
  challenges: 1_000,
  challengesPerSecond: 500,
  challengesPerSecondAndSite: 1,
  messagesPerSecond: 20,
  messageBurst: 100,
  errors: 100,
  datagramsPerSecond: 10_000,
  bubblesPerSecondAndWay: 2,
  bubblesPerSecondAndSource: 100,
  bubblesPerSecondAndTarget: 10,
};

/** Times of the protocol (PROTOCOL.md), in milliseconds. */
export const TIMES = {
  /** From the TCP connection to a good `hello`. */
  hello: 10_000,
  /** For `prove`. */
  prove: 10_000,
  /** For `offer`, and for `accept`. */
  answer: 10_000,
  /** How long a mapping nonce counts. */
  mappingNonce: 30_000,
  /** How long a claim of a held pair waits for the other end. */
  held: 60_000,
  /** How long pairs wait for a peer that is lost. */
  lost: 300_000,
  /** … those whose path is down meanwhile, so that the IPv6 peer gets another exit. */
  dead: 60_000,
  /** Before two peers are proposed to each other again, if nobody says otherwise; and the least, whatever they say. */
  retry: 300_000,
  leastRetry: 5_000,
  /** … after one of them did not answer in time. */
  retryAfterSilence: 30_000,
  /** After which a pair without any path ends. */
  neverUp: 1_800_000,
  /** Between two `get-prefixes`. */
  prefixes: 1_000,
} as const;

/** When the datagrams of a proof of prefix are sent again, in milliseconds after the first time. */
export const PROOF_REPEATS: readonly number[] = [1_000, 3_000];

/** Between two fresh Teredo addresses of a pair whose path is down: after the first, the second, …, in milliseconds. */
export const FRESH_ADDRESS_WAITS: readonly number[] = [5_000, 10_000, 20_000, 40_000, 60_000];
