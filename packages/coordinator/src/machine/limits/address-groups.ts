/** Counts connections by where they come from. An IPv6 site has a /64 at least: whoever has one has all its addresses. */
import { formatIPv6, parseIPv6 } from "@nat64/rfc6052";

/** What counts as one address: an IPv4 address itself, of an IPv6 address its /64. @param address canonical text */
export function groupOf(address: string): string {
  if (!address.includes(":")) return address;
  const [w0, w1] = parseIPv6(address);
  return formatIPv6([w0, w1, 0, 0]);
}

/** How many there are of each group. Empty groups take no memory. */
export class GroupCounts {
  readonly #counts: Map<string, number> = new Map();

  get size(): number {
    return this.#counts.size;
  }

  of(group: string): number {
    return this.#counts.get(group) ?? 0;
  }

  add(group: string): void {
    this.#counts.set(group, this.of(group) + 1);
  }

  remove(group: string): void {
    const left = this.of(group) - 1;
    if (left > 0) this.#counts.set(group, left);
    else this.#counts.delete(group);
  }
}
