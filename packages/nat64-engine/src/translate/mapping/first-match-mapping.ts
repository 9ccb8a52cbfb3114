import type { AddressMapping } from "./address-mapping.ts";

/** Several mappings in order; the first that knows the address decides. RFC 7757 §3.2: the EAMT, then the prefix. */
export class FirstMatchMapping implements AddressMapping {
  readonly #mappings: readonly AddressMapping[];

  constructor(mappings: readonly AddressMapping[]) {
    this.#mappings = mappings;
  }

  toIPv4(ipv6: Int32Array, ipv4: Int32Array): boolean {
    for (let i = 0; i < this.#mappings.length; i++) {
      if (this.#mappings[i].toIPv4(ipv6, ipv4)) return true;
    }
    return false;
  }

  toIPv6(ipv4: number, ipv6: Int32Array): boolean {
    for (let i = 0; i < this.#mappings.length; i++) {
      if (this.#mappings[i].toIPv6(ipv4, ipv6)) return true;
    }
    return false;
  }
}
