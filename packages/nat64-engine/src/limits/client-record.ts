/** The record of a client prefix in the client table: words of an Int32Array. */

/** Words of a record: one cache line. */
export const CLIENT_WORDS = 16;

/** Where each field of a record is. */
export const ClientWord = {
  /** 0 and 1: the upper 64 bits of the prefix, host bits zero. */
  prefix: 0,
  /** The prefix length: 0 for a /64, 1 for a /56, 2 for a /48. */
  level: 2,
  /** The record of the next shorter prefix that has caps, −1 for none. */
  parent: 3,
  /** The next record of the same bucket, or on the free list. */
  next: 4,
  /** BIB entries and port blocks of a /64, or records of longer prefixes below: the record is kept while there are any. */
  users: 5,
  /** Open sessions. */
  sessions: 6,
  /** Tokens of the two rate limits, as float32: see `ClientCaps`. */
  newSessionTokens: 7,
  packetTokens: 8,
  /** When the tokens were last filled up, in milliseconds. */
  filledAt: 9,
  /** Index of the pool address that a /64 uses, −1 for none yet. */
  poolAddress: 10,
  /** 11 … 15: the port blocks of a /64 that have free ports, one list for each protocol and port range. */
  blocks: 11,
} as const;

/** Number of block lists of a /64. */
export const BLOCK_LISTS = 5;
