/** A fixed set of IPv4 addresses, searched for every packet: a hash table of twice their number, with linear probing. */
export class AddressSet {
  readonly #slots: Int32Array;
  readonly #used: Uint8Array;
  /** The index of each address in the list, the first if it is repeated. */
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

  /** The index of an address in the list that the set was made from, or −1. */
  indexOf(address: number): number {
    const slot = this.#find(address);
    return this.#used[slot] === 1 ? this.#places[slot] : -1;
  }

  /** Where an address is, or the free slot where it would be. */
  #find(address: number): number {
    // Multiplication by the golden ratio spreads adjacent addresses.
    let slot = (Math.imul(address, 0x9e3779b9) >>> 12) & this.#mask;
    while (this.#used[slot] === 1 && this.#slots[slot] !== address) slot = (slot + 1) & this.#mask;
    return slot;
  }
}
