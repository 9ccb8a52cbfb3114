/**
 * The mapping through which each pair's Teredo address was last validated (PROTOCOL.md §12). An attacker who knows a nonce
 * can move the relay's mapping, but data is accepted only from the mapping of the authenticated answer.
 */

/** Number of records: all pairs, with room for their previous addresses. */
const CAPACITY = 64;

/** Words of a record: three of the Teredo address, mapped address, mapped port. */
const WORDS = 5;

export class ValidatedMappings {
  readonly #records = new Int32Array(CAPACITY * WORDS);
  #next = 0;

  /** Stores a mapping. Replaces an earlier one of the same address. */
  note(server: number, flagsPort: number, address: number, mapped: number, port: number): void {
    let record = this.#find(server, flagsPort, address);
    if (record < 0) {
      record = this.#next * WORDS;
      this.#next = (this.#next + 1) % CAPACITY;
    }
    this.#records.set([server, flagsPort, address, mapped, port], record);
  }

  /** Whether an address was validated through this mapping. Allocates nothing. */
  has(server: number, flagsPort: number, address: number, mapped: number, port: number): boolean {
    const record = this.#find(server, flagsPort, address);
    return record >= 0 && this.#records[record + 3] === mapped && this.#records[record + 4] === port;
  }

  #find(server: number, flagsPort: number, address: number): number {
    const records = this.#records;
    for (let at = 0; at < records.length; at += WORDS) {
      // Pairs differ in their flags and mapped addresses, but rarely in their servers.
      if (records[at + 1] === flagsPort && records[at + 2] === address && records[at] === server) return at;
    }
    return -1;
  }
}
