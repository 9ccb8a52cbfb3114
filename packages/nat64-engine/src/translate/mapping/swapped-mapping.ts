import type { Tuple } from "../../packet/packet.ts";
import type { AddressMapping } from "./address-mapping.ts";
import { copyPorts, type PacketMapping } from "./packet-mapping.ts";

/**
 * The same mapping with the roles of source and destination exchanged: what an IPv4 peer does. On the way to it the
 * IPv6 *source* embeds the IPv4 destination and the IPv6 destination stands for the peer itself, which becomes the
 * IPv4 source; on the way back likewise. Ports are not exchanged.
 */
export class SwappedMapping implements PacketMapping {
  readonly #addresses: AddressMapping;

  constructor(addresses: AddressMapping) {
    this.#addresses = addresses;
  }

  toIPv4(from: Tuple, to: Tuple): boolean {
    copyPorts(from, to);
    return this.#addresses.toIPv4(from.destination, to.source) && this.#addresses.toIPv4(from.source, to.destination);
  }

  toIPv6(from: Tuple, to: Tuple): boolean {
    copyPorts(from, to);
    return (
      this.#addresses.toIPv6(from.destination[0], to.source) && this.#addresses.toIPv6(from.source[0], to.destination)
    );
  }
}
