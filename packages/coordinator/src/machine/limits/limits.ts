/** Upper limits on everything that remote hosts can make grow. */
export interface Limits {
  /** TCP connections at a time. */
  readonly connections: number;
  /** TCP connections from one IPv4 address or one IPv6 /64; eight times as many from one /48. */
  readonly connectionsPerAddress: number;
  /** Connections without a valid `hello` at a time. One more takes the place of the oldest. */
  readonly strangers: number;
  /** Of these, from one IPv4 /24 or IPv6 /48. */
  readonly strangersPerNetwork: number;
  /** Known identities: connected, or disconnected for less than `TIMES.lostPeerMs`. */
  readonly peers: number;
  /** Pairs and proposals. */
  readonly pairs: number;
  /** Records that all IPv6 peers together have about IPv4 peers, in equal shares of 64 to 256. */
  readonly exitRecords: number;
  /** Claims to held pairs that wait for the other end. */
  readonly heldPairs: number;
  /** Proofs of prefix in progress. */
  readonly challenges: number;
  /** New proofs of prefix per second: each sends nine datagrams to a prefix that a peer chose. */
  readonly challengesPerSecond: number;
  /** New proofs of prefix per second for prefixes of one /48. */
  readonly challengesPerSecondPerSite: number;
  /** Messages per second of one connection (PROTOCOL.md §2). */
  readonly messagesPerSecond: number;
  /** Messages of one connection at once. */
  readonly messageBurst: number;
  /** Errors on one connection, after which it is closed. */
  readonly errors: number;
  /** Changes per second that all peers together may make and that others are told (`changes.ts`), and ten times as many at once. */
  readonly changesPerSecond: number;
  /** Router Advertisements per second, and as many bubbles. */
  readonly datagramsPerSecond: number;
  /** Bubbles per second from one IPv4 address to one Teredo address: a relay sends one in three seconds. */
  readonly bubblesPerSecondPerFlow: number;
  /** Bubbles per second from one IPv4 address: a relay sends one for each Teredo client that it does not know. */
  readonly bubblesPerSecondPerSource: number;
  /** Bubbles per second to one IPv4 peer. */
  readonly bubblesPerSecondPerTarget: number;
}

/** The limits of `nat64-coordinator`, unless its configuration says otherwise. */
export const DEFAULT_LIMITS: Limits = {
  connections: 10_000,
  connectionsPerAddress: 32,
  strangers: 5_000,
  strangersPerNetwork: 64,
  peers: 10_000,
  pairs: 40_000,
  exitRecords: 40_000,
  heldPairs: 40_000,
  challenges: 1_000,
  challengesPerSecond: 500,
  challengesPerSecondPerSite: 1,
  messagesPerSecond: 20,
  messageBurst: 100,
  errors: 100,
  changesPerSecond: 200,
  datagramsPerSecond: 10_000,
  bubblesPerSecondPerFlow: 2,
  bubblesPerSecondPerSource: 100,
  bubblesPerSecondPerTarget: 10,
};
