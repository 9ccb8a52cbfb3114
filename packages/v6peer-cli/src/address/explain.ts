/** Takes an address apart. Pure: what is known of prefixes is an argument. */
import {
  AddressError,
  bytesOf,
  classify,
  compilePool,
  compilePrefix,
  embed,
  extract,
  formatIPv4,
  formatIPv6,
  fromArpaName,
  isGlobalUnicastIPv4,
  type Pool,
  PREFIX_LENGTHS,
  parseIPv4,
  parseIPv6,
  toArpaName,
  WELL_KNOWN_PREFIX,
} from "@nat64/rfc6052";
import { checkTeredoAddress, isCone, parseTeredoAddress, randomBits, TEREDO_FAULTS } from "@nat64/teredo";
import type {
  AddressClass,
  EmbeddedIPv4,
  Embedding,
  Explanation,
  KnownExit,
  PrefixOrigin,
  TeredoParts,
} from "./explanation.ts";

/** A NAT64 prefix of RFC 6052 length, or a /80 of an IPv6 peer, and where it is known from. */
export interface KnownPrefix {
  readonly text: string;
  readonly origin: PrefixOrigin;
}

/** Explains an IPv4 or IPv6 address or an arpa name. Throws an `AddressError` for text that is neither. */
export function explain(input: string, known: readonly KnownPrefix[], exits: readonly KnownExit[] = []): Explanation {
  const { address, zone } = readAddress(input);
  const base = {
    address,
    arpa: toArpaName(address),
    class: describeClass(address),
    ...(zone === undefined ? {} : { zone }),
  };
  const prefixes = [...known, { text: WELL_KNOWN_PREFIX, origin: "well-known" as const }].filter(
    (each, index, all) => all.findIndex((other) => other.text === each.text) === index,
  );
  if (!address.includes(":"))
    return { ...base, family: 4, nat64: prefixes.flatMap((each) => embedInto(each, address)) };
  const mapped = readMapped(address);
  if (mapped !== undefined) return { ...base, family: 6, embeddings: [], mapped };
  const embeddings = prefixes.flatMap((each) => readWith(each, address, exits));
  const teredo = explainTeredo(address, exits);
  return {
    ...base,
    family: 6,
    embeddings: embeddings.length > 0 || teredo !== undefined ? embeddings : guess(address),
    ...(teredo === undefined ? {} : { teredo }),
  };
}

function readAddress(input: string): { readonly address: string; readonly zone: string | undefined } {
  const text = input.trim();
  if (/\.arpa\.?$/i.test(text)) return { address: fromArpaName(text), zone: undefined };
  // Brackets as in a URL, and a zone as in a log: neither changes which address it is. IPv4 has no zones.
  const [, bare = text, zone] = /^\[?([^\]%]*:[^\]%]*)(?:%([^\]]+))?\]?$/.exec(text) ?? [];
  if (!/[:.]/.test(bare)) {
    throw new AddressError(
      "invalid-ipv6",
      `${JSON.stringify(text.slice(0, 50))} is neither an address nor an arpa name.`,
    );
  }
  return { address: bare.includes(":") ? formatIPv6(parseIPv6(bare)) : formatIPv4(parseIPv4(bare)), zone };
}

/** The IPv4 address in ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
function readMapped(ipv6: string): EmbeddedIPv4 | undefined {
  const [w0, w1, w2, ipv4] = parseIPv6(ipv6);
  return w0 === 0 && w1 === 0 && w2 === 0xffff ? describeIPv4(formatIPv4(ipv4)) : undefined;
}

function describeIPv4(address: string): EmbeddedIPv4 {
  return { address, arpa: toArpaName(address), class: describeClass(address) };
}

function describeClass(address: string): AddressClass {
  const { kind, block, entry, isGlobalUnicast } = classify(address);
  return { kind, block, ...(entry === undefined ? {} : { name: entry.name, rfc: entry.rfc }), isGlobalUnicast };
}

function isPool(prefix: string): boolean {
  return prefix.endsWith("/80");
}

function embedInto({ text, origin }: KnownPrefix, ipv4: string): NonNullable<Explanation["nat64"]> {
  const prefix = isPool(text) ? compilePool(text).prefix(0).text : text;
  try {
    return [{ prefix, origin, address: embed(prefix, ipv4) }];
  } catch (error) {
    if (error instanceof AddressError && error.code === "non-global-ipv4") return [];
    throw error;
  }
}

function readWith({ text, origin }: KnownPrefix, ipv6: string, exits: readonly KnownExit[]): readonly Embedding[] {
  const [w0, w1, w2] = parseIPv6(ipv6);
  if (isPool(text)) {
    const pool = compilePool(text);
    return pool.matches(w0, w1, w2) ? [readPool(pool, origin, ipv6, exits)] : [];
  }
  const prefix = compilePrefix(text);
  if (!prefix.matches(w0, w1, w2)) return [];
  try {
    return [embedding(prefix.text, origin, extract(prefix.text, ipv6, { nonGlobal: "ignore" }))];
  } catch (error) {
    if (error instanceof AddressError) return [{ prefix: prefix.text, origin, refused: error.message }];
    throw error;
  }
}

function readPool(pool: Pool, origin: PrefixOrigin, ipv6: string, exits: readonly KnownExit[]): Embedding {
  const { selector, use, ipv4 } = pool.parse(ipv6);
  // Only the running daemon's own prefix has its exits.
  const exit = origin === "daemon" ? exits.find((each) => each.selector === selector) : undefined;
  const value = selector.toString(16).padStart(4, "0");
  const parts = { selector: { value, use, ...(exit !== undefined && { exit }) } };
  const prefix = pool.prefix(selector).text;
  if (use === "self") return { prefix, origin, ...parts };
  return { ...embedding(prefix, origin, ipv4), ...parts };
}

function embedding(prefix: string, origin: PrefixOrigin, ipv4: string): Embedding {
  const found = describeIPv4(ipv4);
  return {
    prefix,
    origin,
    ipv4: found,
    ...(found.class.isGlobalUnicast
      ? {}
      : { refused: `${ipv4} is not global unicast: a NAT64 must not forward to it.` }),
  };
}

/** Every length of RFC 6052 under which the address makes sense: u octet and suffix zero, IPv4 global unicast, no .0. */
function guess(ipv6: string): readonly Embedding[] {
  if (classify(ipv6).kind === "multicast") return [];
  const words = parseIPv6(ipv6);
  return PREFIX_LENGTHS.flatMap((length) => {
    const masked = words.map((word, index) => {
      const bits = Math.max(0, Math.min(32, length - 32 * index));
      return bits === 0 ? 0 : word & (bits === 32 ? -1 : ~(-1 >>> bits));
    }) as unknown as Parameters<typeof formatIPv6>[0];
    try {
      const prefix = `${formatIPv6(masked)}/${length}`;
      const ipv4 = extract(prefix, ipv6, { suffix: "refuse", nonGlobal: "ignore" });
      // An address that ends in .0 is most likely none: the rest of a longer prefix, then zeros.
      return isGlobalUnicastIPv4(parseIPv4(ipv4)) && !ipv4.endsWith(".0") ? [embedding(prefix, "guess", ipv4)] : [];
    } catch (error) {
      if (error instanceof AddressError) return [];
      throw error;
    }
  });
}

function explainTeredo(ipv6: string, exits: readonly KnownExit[]): TeredoParts | undefined {
  const parsed = parseTeredoAddress(bytesOf(parseIPv6(ipv6)));
  if (parsed === undefined) return undefined;
  const fault = checkTeredoAddress(parsed, isGlobalUnicastIPv4);
  const exit = exits.find((each) => each.teredo === ipv6);
  const [server, mapped] = [formatIPv4(parsed.server), formatIPv4(parsed.mappedAddress)];
  return {
    server: { address: server, class: describeClass(server) },
    flags: {
      value: `0x${parsed.flags.toString(16).padStart(4, "0")}`,
      cone: isCone(parsed.flags),
      randomBits: `0x${randomBits(parsed.flags).toString(16).padStart(3, "0")}`,
    },
    mapped: { address: mapped, port: parsed.mappedPort, class: describeClass(mapped) },
    ...(fault === undefined ? {} : { fault: TEREDO_FAULTS[fault] }),
    ...(exit !== undefined && { exit }),
  };
}
