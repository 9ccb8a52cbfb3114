/** A fixed set of IPv4 addresses, asked for every packet: a table twice their number, probed in line. */
export class AddressSet {
  readonly #slots: Int32Array;
  readonly #used: Uint8Array;
  /** Which of the addresses that were given each one is, the first of equal ones. */
  readonly #places: Int32Array;
  readonly #mask: number;

  constructor(addresses: Iterable<number>) {
    const all = [...addresses];
    const size = 2 ** Math.ceil(Math.log2(2 * all.length + 2));
    this.#slots = new Int32Array(size);
    this.#used = new Uint8Array(size);
    this.#places = new Int32Array(size);
    this.#mask = size - 1;
    for (let place = all.length - 1; place >= 0; place--) {
      const address = all[place] | 0;
      const slot = this.#find(address);
      this.#slots[slot] = address;
      this.#used[slot] = 1;
      this.#places[slot] = place;
    }
  }

  /** Whether the set has an address, given as a signed word. */
  has(address: number): boolean {
    return this.#used[this.#find(address)] === 1;
  }

  /** The place of an address in the list that the set was made from, or −1. */
  indexOf(address: number): number {
    const slot = this.#find(address);
    return this.#used[slot] === 1 ? this.#places[slot] : -1;
  }

  /** Where an address is, or the free slot where it would be. */
  #find(address: number): number {
    // Multiplied by the golden ratio: neighbours, as pools have them, land far from each other.
    let slot = (Math.imul(address, 0x9e3779b9) >>> 12) & this.#mask;
    while (this.#used[slot] === 1 && this.#slots[slot] !== address) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
