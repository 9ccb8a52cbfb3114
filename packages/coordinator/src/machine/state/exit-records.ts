/**
 * What one IPv6 peer has seen of IPv4 peers: how long their paths were up, and how often they failed. It counts for this IPv6
 * peer alone, so an IPv6 peer that lies harms nobody else.
 *
 * After a failure an IPv4 peer is not proposed for a while, which doubles each time. So is its IPv4 /24 after several failures,
 * for a shorter time: one liar does not shut out the others behind the same NAT, and a peer with a good record is not affected.
 */

/** An IPv4 peer that has been up for this long in total has a good record. */
export const GOOD_RECORD_MS = 600_000;
/** More than this does not count: a peer that was good for a year can lose its record within a day. */
const MAX_GOOD_MS = 3_600_000;

/** How long an identity is not proposed after its first failure, and at most. */
const IDENTITY_BACK_OFF = { firstMs: 60_000, mostMs: 3_600_000 };
/** … and a /24, after the first failures, which are free. */
const NETWORK_BACK_OFF = { firstMs: 15_000, mostMs: 300_000, free: 2 };
/** A /24 without a failure for this long starts anew. */
const NETWORK_MEMORY_MS = 3_600_000;
/** Failures that are counted. */
const MAX_FAILURES = 16;

/** The record of an identity. */
export interface ExitRecord {
  /** Peer id of the IPv4 peer. */
  readonly id: string;
  /** The /24 of its mapping, as 24 bits. */
  readonly network: number;
  /** How long its paths were up, in milliseconds; halved by each failure. */
  readonly goodMs: number;
  /** Failures; one less for each ten good minutes. */
  readonly failures: number;
  /** When it may be proposed again, in milliseconds. */
  readonly retryAt: number;
}

interface Identity extends ExitRecord {
  network: number;
  goodMs: number;
  failures: number;
  retryAt: number;
}

interface Network {
  failures: number;
  failedAt: number;
  retryAt: number;
}

/** An IPv4 peer with a mapping. */
export interface Candidate {
  readonly id: string;
  /** The /24 of its mapping, as 24 bits. */
  readonly network: number;
}

export class ExitRecords {
  /** The one that changed last comes last. */
  readonly #identities = new Map<string, Identity>();
  /** Likewise. */
  readonly #networks = new Map<number, Network>();

  get size(): number {
    return this.#identities.size;
  }

  /** All records. */
  [Symbol.iterator](): Iterator<ExitRecord> {
    return this.#identities.values();
  }

  get(id: string): ExitRecord | undefined {
    return this.#identities.get(id);
  }

  /** Whether an IPv4 peer has a good record. @param runningMs how long its present path is up, not counted yet */
  isGood(id: string, runningMs = 0): boolean {
    return (this.#identities.get(id)?.goodMs ?? 0) + runningMs >= GOOD_RECORD_MS;
  }

  /** Whether an IPv4 peer may be proposed at `now`. */
  mayTry({ id, network }: Candidate, now: number): boolean {
    if ((this.#identities.get(id)?.retryAt ?? 0) > now) return false;
    return this.isGood(id) || (this.#networks.get(network)?.retryAt ?? 0) <= now;
  }

  /** Failures of an IPv4 peer and of its /24 that count. */
  failuresOf({ id, network }: Candidate): number {
    return (this.#identities.get(id)?.failures ?? 0) + (this.#networks.get(network)?.failures ?? 0);
  }

  /** Its path was up. @param most records to keep */
  noteUp(candidate: Candidate, upMs: number, most: number): void {
    if (upMs <= 0) return;
    const record = this.#touch(candidate, most);
    const before = Math.floor(record.goodMs / GOOD_RECORD_MS);
    record.goodMs += upMs;
    const forgiven = Math.floor(record.goodMs / GOOD_RECORD_MS) - before;
    record.goodMs = Math.min(MAX_GOOD_MS, record.goodMs);
    record.failures = Math.max(0, record.failures - forgiven);
    const network = this.#networks.get(candidate.network);
    if (network !== undefined && forgiven > 0) network.failures >>= forgiven;
  }

  /** It did not do what it had agreed to. @param most records to keep */
  noteFailure(candidate: Candidate, now: number, most: number): void {
    const record = this.#touch(candidate, most);
    const wasGood = record.goodMs >= GOOD_RECORD_MS;
    record.goodMs /= 2;
    record.failures = Math.min(MAX_FAILURES, record.failures + 1);
    record.retryAt = now + backOff(record.failures, IDENTITY_BACK_OFF);
    if (!wasGood) this.#noteNetworkFailure(candidate.network, now, most);
  }

  /** When the next IPv4 peer or /24 may be proposed again that may not at `now`; infinity if there is none. */
  nextRetry(now: number): number {
    let first = Number.POSITIVE_INFINITY;
    for (const each of [this.#identities, this.#networks]) {
      for (const { retryAt } of each.values()) if (retryAt > now && retryAt < first) first = retryAt;
    }
    return first;
  }

  #noteNetworkFailure(network: number, now: number, most: number): void {
    const known = this.#networks.get(network);
    this.#networks.delete(network);
    const isRecent = known !== undefined && now - known.failedAt < NETWORK_MEMORY_MS;
    const failures = Math.min(MAX_FAILURES, (isRecent ? known.failures : 0) + 1);
    const { free } = NETWORK_BACK_OFF;
    const retryAt = failures <= free ? 0 : now + backOff(failures - free, NETWORK_BACK_OFF);
    this.#networks.set(network, { failures, failedAt: now, retryAt });
    for (const oldest of this.#networks.keys()) {
      if (this.#networks.size <= most) break;
      this.#networks.delete(oldest);
    }
  }

  /** The record of an identity, as the latest one. */
  #touch({ id, network }: Candidate, most: number): Identity {
    const record = this.#identities.get(id) ?? { id, network, goodMs: 0, failures: 0, retryAt: 0 };
    record.network = network;
    this.#identities.delete(id);
    while (this.#identities.size >= most) this.#dropOne();
    this.#identities.set(id, record);
    return record;
  }

  /** Drops the oldest record of the /24 that has most: identities cost nothing, networks do. */
  #dropOne(): void {
    const sizes = new Map<number, number>();
    for (const { network } of this.#identities.values()) sizes.set(network, (sizes.get(network) ?? 0) + 1);
    const largest = Math.max(...sizes.values());
    for (const { id, network } of this.#identities.values()) {
      if (sizes.get(network) !== largest) continue;
      this.#identities.delete(id);
      return;
    }
  }
}

function backOff(failures: number, { firstMs, mostMs }: { readonly firstMs: number; readonly mostMs: number }): number {
  return Math.min(mostMs, firstMs * 2 ** (failures - 1));
}
