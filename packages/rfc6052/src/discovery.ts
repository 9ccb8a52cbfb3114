/**
 * Discovers a network's NAT64 prefixes from the AAAA answers for ipv4only.arpa (RFC 7050).
 *
 * The name has two A records and no AAAA record. A DNS64 that answers AAAA queries has embedded 192.0.0.170 and
 * 192.0.0.171 in its prefixes. The caller queries the resolver and does the checks of RFC 7050 §3.1 on a secure
 * channel.
 */
import { isPrefixLength, type PrefixLength } from "./prefix-length.ts";
import { formatIPv6, parseIPv6 } from "./text.ts";
import { bytesOf, type IPv6Words, maskWord, readWord } from "./words.ts";

/** The name to ask AAAA records for (RFC 7050 §2.2). */
export const IPV4ONLY_NAME = "ipv4only.arpa";

/** Its A records, 192.0.0.170 and 192.0.0.171 (RFC 7050 §2.2). */
const WELL_KNOWN_IPV4: readonly number[] = [0xc00000aa | 0, 0xc00000ab | 0];

/** A prefix found in the answers. */
export interface DiscoveredPrefix {
  /** `address/length`, canonical. */
  readonly prefix: string;
  readonly length: PrefixLength;
  /** Whether both well-known addresses were found in it, which makes its length certain. */
  readonly confirmed: boolean;
}

/** An answer without a usable prefix, and the reason. */
export interface IgnoredAnswer {
  readonly answer: string;
  /**
   * `invalid-ipv6`: not an address. `no-well-known-address`: neither address is at a position that RFC 6052 allows.
   * `ambiguous`: they are at several positions, and no other answer decides which one is meant (RFC 7050 §3).
   */
  readonly reason: "invalid-ipv6" | "no-well-known-address" | "ambiguous";
}

/** The result of {@link discoverPrefixes}. */
export interface Discovery {
  /** Each prefix once, in the order of the answers. A network may have several NAT64 prefixes. */
  readonly prefixes: readonly DiscoveredPrefix[];
  readonly ignored: readonly IgnoredAnswer[];
}

/**
 * A position in an answer where one of the two addresses is. `prefix` is missing if RFC 6052 allows no prefix there.
 */
interface Occurrence {
  readonly ipv4: number;
  readonly prefix?: string;
  readonly length?: PrefixLength;
}

/** Octets that can hold the IPv4 address: contiguous at any offset, or split around the u octet (RFC 6052 §2.2). */
const PLACES: readonly (readonly number[])[] = [
  ...Array.from({ length: 13 }, (_, i) => [i, i + 1, i + 2, i + 3]),
  [5, 6, 7, 9],
  [6, 7, 9, 10],
  [7, 9, 10, 11],
];

/**
 * Finds the prefixes in the AAAA answers for {@link IPV4ONLY_NAME}. Never throws: unusable answers are listed in
 * `ignored`.
 */
export function discoverPrefixes(answers: readonly string[]): Discovery {
  const prefixes = new Map<string, DiscoveredPrefix>();
  const ignored: IgnoredAnswer[] = [];
  const parsed = answers.map((answer) => ({ answer, occurrences: occurrencesIn(answer) }));
  const seen = new Set(parsed.flatMap(({ occurrences }) => (occurrences ?? []).map((o) => `${o.ipv4} ${o.prefix}`)));
  const isConfirmed = (prefix: string): boolean => WELL_KNOWN_IPV4.every((ipv4) => seen.has(`${ipv4} ${prefix}`));

  for (const { answer, occurrences } of parsed) {
    const allowed = occurrences?.filter(({ prefix }) => prefix !== undefined) ?? [];
    const confirmed = allowed.filter(({ prefix }) => isConfirmed(prefix!));
    if (occurrences === undefined) {
      ignored.push({ answer, reason: "invalid-ipv6" });
    } else if (allowed.length === 0) {
      ignored.push({ answer, reason: "no-well-known-address" });
    } else if (confirmed.length === 1 || occurrences.length === 1) {
      // RFC 7050 §3: the value must occur only once; otherwise the search is repeated with the other address.
      const { prefix, length } = confirmed[0] ?? allowed[0];
      prefixes.set(prefix!, { prefix: prefix!, length: length!, confirmed: confirmed.length === 1 });
    } else {
      ignored.push({ answer, reason: "ambiguous" });
    }
  }
  return { prefixes: [...prefixes.values()], ignored };
}

function occurrencesIn(answer: string): Occurrence[] | undefined {
  let words: IPv6Words;
  try {
    words = parseIPv6(answer);
  } catch {
    return undefined;
  }
  const bytes = bytesOf(words);
  return PLACES.flatMap((place): Occurrence[] => {
    const ipv4 = readWord(
      Uint8Array.from(place, (octet) => bytes[octet]),
      0,
    );
    if (!WELL_KNOWN_IPV4.includes(ipv4)) return [];
    const length = place[0] === 9 ? 64 : place[0] * 8;
    // Octet 8 is the u octet. It is zero, and an address that would cross it skips it.
    const isAllowed = isPrefixLength(length) && bytes[8] === 0 && !place.includes(8);
    if (!isAllowed) return [{ ipv4 }];
    const head = words.map((word, i) => word & maskWord(length - 32 * i)) as unknown as IPv6Words;
    return [{ ipv4, length, prefix: `${formatIPv6(head)}/${length}` }];
  });
}
