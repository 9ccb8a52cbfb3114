/** Counts connections by where they come from. An IPv6 host has at least a /64, and anyone can get a /48. */
import { formatIPv6, parseIPv6 } from "@nat64/rfc6052";

/** The limit of an IPv6 /48, as a multiple of the limit of one of its /64s. */
const SITE_FACTOR = 8;

/** Addresses that share a limit. */
export interface AddressGroup {
  readonly name: string;
  /** The limit of the group, as a multiple of the limit of one address. */
  readonly factor: number;
}

/** The /48 of an IPv6 address. @param address canonical text */
export function siteOf(address: string): string {
  const [w0, w1] = parseIPv6(address);
  return `${formatIPv6([w0, w1 & ~0xffff, 0, 0])}/48`;
}

/** The groups of an address: the address itself for IPv4, its /64 and its /48 for IPv6. @param address canonical text */
export function groupsOf(address: string): readonly AddressGroup[] {
  if (!address.includes(":")) return [{ name: address, factor: 1 }];
  const [w0, w1] = parseIPv6(address);
  return [
    { name: `${formatIPv6([w0, w1, 0, 0])}/64`, factor: 1 },
    { name: siteOf(address), factor: SITE_FACTOR },
  ];
}

/** The number of connections in each group. Empty groups use no memory. */
export class GroupCounts {
  readonly #counts: Map<string, number> = new Map();

  get size(): number {
    return this.#counts.size;
  }

  /** Whether all groups have room for one more. @param limit of one address */
  haveRoom(groups: readonly AddressGroup[], limit: number): boolean {
    return groups.every(({ name, factor }) => this.#of(name) < limit * factor);
  }

  add(groups: readonly AddressGroup[]): void {
    for (const { name } of groups) this.#counts.set(name, this.#of(name) + 1);
  }

  remove(groups: readonly AddressGroup[]): void {
    for (const { name } of groups) {
      const left = this.#of(name) - 1;
      if (left > 0) this.#counts.set(name, left);
      else this.#counts.delete(name);
    }
  }

  #of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
