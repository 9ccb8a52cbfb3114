/** Explains the parts of an address. Pure: the known prefixes are an argument. */
import {
  AddressError,
  bytesOf,
  cidrContains,
  classify,
  compilePool,
  embed,
  formatIPv4,
  formatIPv6,
  fromArpaName,
  isGlobalUnicastIPv4,
  parseBlock,
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
import { type Guess, guessPrefixes, readAs96 } from "./guess.ts";
import { type LocalRefusals, refusalOfLocalExit, refusedPorts } from "./local-refusals.ts";
import { policyOfPrefix, type TranslationPolicy, translates } from "./policy.ts";
import { type PrefixReading, readPrefix } from "./read-prefix.ts";

/** A NAT64 prefix of RFC 6052 length, or a /80 of an IPv6 peer, and where it is known from. */
export interface KnownPrefix {
  readonly text: string;
  readonly origin: PrefixOrigin;
  /** What its translator forwards to; by default what follows from the prefix. */
  readonly policy?: TranslationPolicy;
  /** What its local exit refuses, if it has one and this is known. */
  readonly local?: LocalRefusals;
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
  if (embeddings.length > 0 || teredo !== undefined) {
    return { ...base, family: 6, embeddings, ...(teredo === undefined ? {} : { teredo }) };
  }
  const guesses = guessPrefixes(address);
  const last = guesses.length === 0 ? readAs96(address) : undefined;
  return {
    ...base,
    family: 6,
    embeddings: guesses.map(guess),
    ...(last !== undefined && { lastBits: describeIPv4(last.ipv4) }),
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

function embedInto({ text, origin, policy, local }: KnownPrefix, ipv4: string): NonNullable<Explanation["nat64"]> {
  const prefix = text.endsWith("/80") ? compilePool(text).prefix(0).text : text;
  try {
    const isTranslated = translates(policy ?? policyOfPrefix(text), ipv4);
    const refused = isTranslated ? local && refusalOfLocalExit(local, ipv4) : refusal(ipv4);
    return [{ prefix, origin, address: embed(prefix, ipv4), ...(refused !== undefined && { refused }) }];
  } catch (error) {
    if (error instanceof AddressError && error.code === "non-global-ipv4") return [];
    throw error;
  }
}

function readWith(known: KnownPrefix, ipv6: string, exits: readonly KnownExit[]): readonly Embedding[] {
  const { text, origin, policy, local } = known;
  if (!cidrContains(parseBlock(text), parseBlock(ipv6))) return [];
  const reading = readPrefix(text, ipv6, policy ?? policyOfPrefix(text));
  // Behind another selector there is another exit.
  const isLocal = reading.kind === "embedded" && (reading.selector?.use ?? "automatic") === "automatic";
  const byLocal = isLocal && local !== undefined ? refusalOfLocalExit(local, reading.ipv4) : undefined;
  const refused = refusalOf(reading) ?? byLocal;
  const ports = isLocal && refused === undefined && local !== undefined ? refusedPorts(local) : undefined;
  return [
    {
      ...partsOf(reading, origin, exits),
      origin,
      ...("ipv4" in reading && reading.ipv4 !== undefined && { ipv4: describeIPv4(reading.ipv4) }),
      ...(refused !== undefined && { refused }),
      ...(ports !== undefined && { refusedPorts: ports }),
    },
  ];
}

/** The prefix that the address has, and its selector with the exit that has it. */
function partsOf(
  { prefix, selector }: PrefixReading,
  origin: PrefixOrigin,
  exits: readonly KnownExit[],
): Pick<Embedding, "prefix" | "selector"> {
  if (selector === undefined) return { prefix };
  const number = Number.parseInt(selector.value, 16);
  // Only the prefix of the running daemon has its exits.
  const exit = origin === "daemon" ? exits.find((each) => each.selector === number) : undefined;
  return {
    prefix: compilePool(prefix).prefix(number).text,
    selector: { ...selector, ...(exit !== undefined && { exit }) },
  };
}

function refusalOf(reading: PrefixReading): string | undefined {
  switch (reading.kind) {
    case "embedded":
    case "translator":
      return undefined;
    case "never-translated":
      return refusal(reading.ipv4);
    case "published":
      return `${reading.ipv4} is not global unicast: it is reachable only if the IPv4 peer with this selector publishes it.`;
    case "unused":
      return reading.why;
  }
}

function refusal(ipv4: string): string {
  return `${ipv4} is not global unicast: a NAT64 must not forward to it.`;
}

function guess({ prefix, ipv4 }: Guess): Embedding {
  const isTranslated = translates(policyOfPrefix(prefix), ipv4);
  return {
    prefix,
    origin: "guess",
    ipv4: describeIPv4(ipv4),
    ...(!isTranslated && { refused: refusal(ipv4) }),
  };
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
