/**
 * The validated relays of all pairs (design §5), for the packet path: typed arrays, no allocation, no clock. The caller
 * removes expired relays.
 */

import { MAX_PAIRS, NO_PAIR } from "@nat64/nat64-engine";
import { MAX_VALIDATED_RELAYS } from "@nat64/peer-protocol";

/** No relay. */
export const NO_RELAY = -1;

export class ValidatedRelays {
  readonly #address = new Int32Array(MAX_PAIRS * MAX_VALIDATED_RELAYS);
  /** 0 marks an empty row, because no datagram comes from port 0. */
  readonly #port = new Int32Array(MAX_PAIRS * MAX_VALIDATED_RELAYS);
  readonly #until = new Float64Array(MAX_PAIRS * MAX_VALIDATED_RELAYS);
  /** For each pair, the row of the relay from which a packet last arrived, or `NO_RELAY`. */
  readonly #latest = new Int32Array(MAX_PAIRS).fill(NO_RELAY);
  /** Rows from here on were never used, so that lookups with few pairs scan few rows. */
  #end = 0;

  /** Whether the pair accepts data from an IPv4 address (int32 word) and UDP port. */
  isValidated(pair: number, address: number, port: number): boolean {
    return this.#find(pair, address, port) !== NO_RELAY;
  }

  /** Like `isValidated`. If true, also makes it the relay that the pair sends to. */
  hear(pair: number, address: number, port: number): boolean {
    const row = this.#find(pair, address, port);
    if (row === NO_RELAY) return false;
    this.#latest[pair] = row;
    return true;
  }

  /** The relay that the pair sends to: a row for `addressOf` and `portOf`, or `NO_RELAY`. */
  relayOf(pair: number): number {
    return this.#latest[pair];
  }

  /** The IPv4 address of a row, an int32 word. */
  addressOf(row: number): number {
    return this.#address[row];
  }

  /** The UDP port of a row. */
  portOf(row: number): number {
    return this.#port[row];
  }

  /** Whether an IPv4 address belongs to a validated relay of any pair. Nothing is forwarded to it (design §3). */
  hasAddress(address: number): boolean {
    for (let row = 0; row < this.#end; row++) {
      if (this.#address[row] === address && this.#port[row] !== 0) return true;
    }
    return false;
  }

  /** The validated relays of a pair. */
  count(pair: number): number {
    let count = 0;
    for (let row = pair * MAX_VALIDATED_RELAYS; row < (pair + 1) * MAX_VALIDATED_RELAYS; row++) {
      if (this.#port[row] !== 0) count++;
    }
    return count;
  }

  /**
   * Validates a relay until `until`, and makes it the one that the pair sends to. A fifth relay replaces the one that
   * expires first.
   *
   * @returns whether it is newly validated
   */
  validate(pair: number, address: number, port: number, until: number): boolean {
    const known = this.#find(pair, address, port);
    const row = known === NO_RELAY ? this.#roomFor(pair) : known;
    this.#address[row] = address | 0;
    this.#port[row] = port;
    this.#until[row] = until;
    this.#latest[pair] = row;
    this.#end = Math.max(this.#end, row + 1);
    return known === NO_RELAY;
  }

  /** Removes relays that have expired at `now`. @returns whether there were any */
  expire(now: number): boolean {
    let changed = false;
    for (let row = 0; row < this.#end; row++) {
      if (this.#port[row] === 0 || this.#until[row] > now) continue;
      this.#port[row] = 0;
      changed = true;
      const pair = Math.trunc(row / MAX_VALIDATED_RELAYS);
      if (this.#latest[pair] === row) this.#latest[pair] = this.#youngest(pair);
    }
    return changed;
  }

  /** The next expiry time, or `Infinity`. */
  nextDeadline(): number {
    let next = Number.POSITIVE_INFINITY;
    for (let row = 0; row < this.#end; row++) {
      if (this.#port[row] !== 0) next = Math.min(next, this.#until[row]);
    }
    return next;
  }

  /** Removes all relays of a pair, because its address changed or it ended. */
  clear(pair: number): void {
    this.#port.fill(0, pair * MAX_VALIDATED_RELAYS, (pair + 1) * MAX_VALIDATED_RELAYS);
    this.#latest[pair] = NO_RELAY;
  }

  #find(pair: number, address: number, port: number): number {
    if (pair === NO_PAIR || port === 0) return NO_RELAY;
    for (let row = pair * MAX_VALIDATED_RELAYS; row < (pair + 1) * MAX_VALIDATED_RELAYS; row++) {
      if (this.#port[row] === port && this.#address[row] === (address | 0)) return row;
    }
    return NO_RELAY;
  }

  #roomFor(pair: number): number {
    let oldest = pair * MAX_VALIDATED_RELAYS;
    for (let row = oldest; row < (pair + 1) * MAX_VALIDATED_RELAYS; row++) {
      if (this.#port[row] === 0) return row;
      if (this.#until[row] < this.#until[oldest]) oldest = row;
    }
    return oldest;
  }

  #youngest(pair: number): number {
    let best = NO_RELAY;
    for (let row = pair * MAX_VALIDATED_RELAYS; row < (pair + 1) * MAX_VALIDATED_RELAYS; row++) {
      if (this.#port[row] !== 0 && (best === NO_RELAY || this.#until[row] > this.#until[best])) best = row;
    }
    return best;
  }
}
