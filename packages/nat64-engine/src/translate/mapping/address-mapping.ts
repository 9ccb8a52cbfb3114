/**
 * Which IPv6 address represents which IPv4 address. On the packet path: words in, words out, nothing allocated, nothing
 * thrown.
 */
export interface AddressMapping {
  /** Writes the IPv4 address of the IPv6 address `ipv6` into `ipv4[0]`; false when it has none. */
  toIPv4(ipv6: Int32Array, ipv4: Int32Array): boolean;
  /** Writes the IPv6 address of the IPv4 address `ipv4` into the four words `ipv6`; false when it has none. */
  toIPv6(ipv4: number, ipv6: Int32Array): boolean;
}
