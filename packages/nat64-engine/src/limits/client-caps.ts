import { Reason } from "../drop-reasons.ts";
import { CLIENT_WORDS, ClientWord } from "./client-record.ts";

/** Caps of one prefix length; Infinity where there is none. Rates may be fractions: 0.1 is one every ten seconds. */
export interface PrefixLimits {
  readonly sessions: number;
  readonly newSessionsPerSecond: number;
  readonly packetsPerSecond: number;
}

/** Caps of the three prefix lengths that are counted. */
export interface ClientLimits {
  readonly "64": PrefixLimits;
  readonly "56": PrefixLimits;
  readonly "48": PrefixLimits;
}

/** No caps at all. */
export const UNLIMITED: PrefixLimits = {
  sessions: Number.POSITIVE_INFINITY,
  newSessionsPerSecond: Number.POSITIVE_INFINITY,
  packetsPerSecond: Number.POSITIVE_INFINITY,
};

/** Prefix lengths by level. */
const LENGTHS = ["64", "56", "48"] as const;

/** The largest burst in tokens: a float32 counts single tokens up to 2^24. */
const MAX_BURST_TOKENS = 2_000_000;

/**
 * Caps for each client prefix: open sessions, and token buckets for new sessions and for packets. The counters are in the
 * records of the client table; a /64 counts for the /56 and /48 around it, too.
 *
 * Tokens are float32 in the words of the record. As integers they lost what a short time brings at a low rate: half a
 * thousandth of a token each millisecond was none at all, so a client that kept trying never got one.
 */
export class ClientCaps {
  readonly #records: Int32Array;
  /** The same words as {@link #records}, for the tokens. */
  readonly #tokens: Float32Array;
  readonly #maxSessions: Float64Array = new Float64Array(LENGTHS.length);
  readonly #newSessionsPerMs: Float64Array = new Float64Array(LENGTHS.length);
  readonly #packetsPerMs: Float64Array = new Float64Array(LENGTHS.length);
  readonly #newSessionBurst: Float64Array = new Float64Array(LENGTHS.length);
  readonly #packetBurst: Float64Array = new Float64Array(LENGTHS.length);
  #limitsPackets = false;
  #limitsRate = false;
  #limitsSessions = false;

  /** @param records those of the client table */
  constructor(records: Int32Array, limits: ClientLimits) {
    this.#records = records;
    this.#tokens = new Float32Array(records.buffer, records.byteOffset, records.length);
    this.set(limits);
  }

  /** Other caps from now on, of the same prefix lengths: see {@link limitedLevels}. */
  set(limits: ClientLimits): void {
    const all = LENGTHS.map((length) => limits[length]);
    this.#maxSessions.set(all.map((each) => each.sessions));
    this.#newSessionsPerMs.set(all.map((each) => each.newSessionsPerSecond / 1000));
    this.#packetsPerMs.set(all.map((each) => each.packetsPerSecond / 1000));
    this.#newSessionBurst.set(all.map((each) => burstOf(each.newSessionsPerSecond)));
    this.#packetBurst.set(all.map((each) => burstOf(each.packetsPerSecond)));
    this.#limitsPackets = all.some((each) => each.packetsPerSecond < Infinity);
    this.#limitsRate = all.some((each) => each.newSessionsPerSecond < Infinity);
    this.#limitsSessions = all.some((each) => each.sessions < Infinity);
  }

  /** Starts the counters of a new record. @param now milliseconds, int32 that wraps */
  start(client: number, level: number, now: number): void {
    const at = client * CLIENT_WORDS;
    this.#records[at + ClientWord.sessions] = 0;
    this.#tokens[at + ClientWord.newSessionTokens] = this.#newSessionBurst[level];
    this.#tokens[at + ClientWord.packetTokens] = this.#packetBurst[level];
    this.#records[at + ClientWord.filledAt] = now;
  }

  /**
   * Takes tokens for packets from a /64 and the prefixes around it. A super-packet may take more than there are: the
   * following packets wait for the debt.
   *
   * @param packets number of segments
   * @returns 0, or the reason to drop them
   */
  admitPackets(client: number, packets: number, now: number): Reason {
    if (!this.#limitsPackets) return 0;
    const records = this.#records;
    const tokens = this.#tokens;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + ClientWord.parent]) {
      this.#fill(c, now);
      if (tokens[c * CLIENT_WORDS + ClientWord.packetTokens] <= 0) return Reason["cap-packets"];
    }
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + ClientWord.parent]) {
      const at = c * CLIENT_WORDS;
      if (this.#packetsPerMs[records[at + ClientWord.level]] < Infinity)
        tokens[at + ClientWord.packetTokens] -= packets;
    }
    return 0;
  }

  /**
   * Takes a token for a new session. How many sessions a client has is not asked: it may have more than its share while there
   * is room, see {@link isAtShare}.
   *
   * @returns 0, or the reason to refuse it
   */
  admitSession(client: number, now: number): Reason {
    if (!this.#limitsRate) return 0;
    const records = this.#records;
    const tokens = this.#tokens;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + ClientWord.parent]) {
      const at = c * CLIENT_WORDS;
      this.#fill(c, now);
      if (tokens[at + ClientWord.newSessionTokens] < WHOLE_TOKEN) return Reason["cap-new-sessions"];
    }
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + ClientWord.parent]) {
      const at = c * CLIENT_WORDS;
      if (this.#newSessionsPerMs[records[at + ClientWord.level]] < Infinity) tokens[at + ClientWord.newSessionTokens]--;
    }
    return 0;
  }

  /** Whether a client, or a prefix around it, has all the sessions that are its share. */
  isAtShare(client: number): boolean {
    if (!this.#limitsSessions) return false;
    const records = this.#records;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + ClientWord.parent]) {
      const at = c * CLIENT_WORDS;
      if (records[at + ClientWord.sessions] >= this.#maxSessions[records[at + ClientWord.level]]) return true;
    }
    return false;
  }

  /** Counts open sessions: 1 for one that was made or opened again, −1 for one that closed or ended. */
  countSession(client: number, change: number): void {
    const records = this.#records;
    for (let c = client; c >= 0; c = records[c * CLIENT_WORDS + ClientWord.parent])
      records[c * CLIENT_WORDS + ClientWord.sessions] += change;
  }

  /** Open sessions of a prefix: all but closed TCP sessions. */
  sessions(client: number): number {
    return this.#records[client * CLIENT_WORDS + ClientWord.sessions];
  }

  /** Fills the two buckets up for the time that has passed. */
  #fill(client: number, now: number): void {
    const records = this.#records;
    const tokens = this.#tokens;
    const at = client * CLIENT_WORDS;
    const elapsed = (now - records[at + ClientWord.filledAt]) | 0;
    if (elapsed === 0) return;
    records[at + ClientWord.filledAt] = now;
    const level = records[at + ClientWord.level];
    // A negative time means that the clock wrapped: the bucket is full.
    const elapsedMs = elapsed < 0 ? Infinity : elapsed;
    const sessions = tokens[at + ClientWord.newSessionTokens] + this.#newSessionsPerMs[level] * elapsedMs;
    const packets = tokens[at + ClientWord.packetTokens] + this.#packetsPerMs[level] * elapsedMs;
    // Not a number is a rate of 0 for an infinite time: nothing is added.
    if (sessions >= tokens[at + ClientWord.newSessionTokens])
      tokens[at + ClientWord.newSessionTokens] = Math.min(sessions, this.#newSessionBurst[level]);
    if (packets >= tokens[at + ClientWord.packetTokens])
      tokens[at + ClientWord.packetTokens] = Math.min(packets, this.#packetBurst[level]);
  }
}

/** One token, less what adding it up in a thousand float32 steps may lose. */
const WHOLE_TOKEN = 0.9999;

/** Levels that a table with these caps has records of: 0 (/64) always, 1 (/56) and 2 (/48) where they have caps. */
export function limitedLevels(limits: ClientLimits): readonly number[] {
  return [0, 1, 2].filter((level) => {
    const { sessions, newSessionsPerSecond, packetsPerSecond } = limits[LENGTHS[level]];
    return level === 0 || Math.min(sessions, newSessionsPerSecond, packetsPerSecond) < Infinity;
  });
}

/** Tokens in a full bucket: those of one second, at least one, so that a low rate lets anything through; none for 0. */
function burstOf(perSecond: number): number {
  return perSecond === 0 ? 0 : Math.min(Math.max(perSecond, 1), MAX_BURST_TOKENS);
}
