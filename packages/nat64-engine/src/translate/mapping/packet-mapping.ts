import type { Tuple } from "../../packet/packet.ts";
import type { AddressMapping } from "./address-mapping.ts";

/** Maps the addresses of a packet, both at once. Ports are copied: a mapping of addresses does not know them. */
export interface PacketMapping {
  /** Fills `to` for a packet that goes from IPv6 to IPv4; false when one of its addresses has no counterpart. */
  toIPv4(from: Tuple, to: Tuple): boolean;
  /** Fills `to` for a packet that goes from IPv4 to IPv6; false when one of its addresses has no counterpart. */
  toIPv6(from: Tuple, to: Tuple): boolean;
}

/** Source becomes source, destination becomes destination: a stateless translator (RFC 7915). */
export class DirectMapping implements PacketMapping {
  readonly #addresses: AddressMapping;

  constructor(addresses: AddressMapping) {
    this.#addresses = addresses;
  }

  toIPv4(from: Tuple, to: Tuple): boolean {
    copyPorts(from, to);
    return this.#addresses.toIPv4(from.source, to.source) && this.#addresses.toIPv4(from.destination, to.destination);
  }

  toIPv6(from: Tuple, to: Tuple): boolean {
    copyPorts(from, to);
    return (
      this.#addresses.toIPv6(from.source[0], to.source) && this.#addresses.toIPv6(from.destination[0], to.destination)
    );
  }
}

/** Ports leave as they came. */
export function copyPorts(from: Tuple, to: Tuple): void {
  to.sourcePort = from.sourcePort;
  to.destinationPort = from.destinationPort;
}
