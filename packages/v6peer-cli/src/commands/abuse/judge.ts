/** Which kind of address a complaint is about. Pure: what is known is an argument. */
import {
  AddressError,
  bytesOf,
  cidrContains,
  classifyIPv4,
  compilePool,
  compilePrefix,
  compileRefusals,
  DOCUMENTATION_BLOCKS,
  extract,
  formatIPv4,
  formatIPv6,
  isGlobalUnicastIPv6,
  LABORATORY_BLOCKS,
  type Pool,
  parseBlock,
  parseIPv4,
  parseIPv6,
} from "@nat64/rfc6052";
import { parseTeredoAddress } from "@nat64/teredo";
import type { Known, KnownLocalExit } from "./known.ts";
import type { ComplaintAddress } from "./read-address.ts";

/** The kinds of address that are told apart without a log; the rest of each letter's subject comes from evidence. */
export type AddressKind =
  | {
      readonly kind: "embedded" | "never-translated";
      readonly prefix: string;
      readonly ipv4: string;
      /** Four hexadecimal digits; missing for a prefix that is no /80. */
      readonly selector?: string;
      readonly block: string;
      /** Whether `ipv4` is an address of this translator's own pool. */
      readonly isOwnPool: boolean;
    }
  | {
      readonly kind: "published";
      readonly prefix: string;
      readonly ipv4: string;
      readonly selector: string;
      readonly block: string;
    }
  | { readonly kind: "translator" | "unused"; readonly prefix: string }
  | { readonly kind: "teredo"; readonly mapped: string; readonly mappedPort: number; readonly server: string }
  | { readonly kind: "pool"; readonly mode: KnownLocalExit["mode"] }
  /** An IPv4 address: of an exit maybe, which the log or the daemon tells. */
  | { readonly kind: "other-ipv4" }
  /** This host's own. */
  | { readonly kind: "host" }
  | { readonly kind: "foreign" };

/** What was found, and whether the prefix is this peer's for sure. */
export interface Judgement {
  readonly kind: AddressKind;
  /** The prefix was guessed from the address alone. */
  readonly isGuess: boolean;
}

/** Tells what an address is. */
export function judge({ address, family }: ComplaintAddress, known: Known): Judgement {
  if (family === 4) return { kind: judgeIPv4(address, known), isGuess: false };
  const prefix = known.prefixes.find((each) => cidrContains(parseBlock(each), parseBlock(address)));
  if (prefix !== undefined) return { kind: readWith(prefix, address, known), isGuess: false };
  if (known.hostAddresses.includes(address)) return { kind: { kind: "host" }, isGuess: false };
  const teredo = parseTeredoAddress(bytesOf(parseIPv6(address)));
  if (teredo !== undefined) {
    const { mappedAddress, mappedPort, server } = teredo;
    const kind = { kind: "teredo", mapped: formatIPv4(mappedAddress), mappedPort, server: formatIPv4(server) } as const;
    return { kind, isGuess: false };
  }
  const guess = known.source === "nobody" ? guessPool(address) : undefined;
  if (guess === undefined) return { kind: { kind: "foreign" }, isGuess: false };
  return { kind: readPool(guess, address, known), isGuess: true };
}

function judgeIPv4(address: string, { local, hostAddresses }: Known): AddressKind {
  const block = parseBlock(address);
  if (local?.pool.some((each) => cidrContains(parseBlock(each), block))) return { kind: "pool", mode: local.mode };
  if (local?.mode === "masquerade" && hostAddresses.includes(address)) return { kind: "pool", mode: "masquerade" };
  return { kind: hostAddresses.includes(address) ? "host" : "other-ipv4" };
}

function readWith(prefix: string, address: string, known: Known): AddressKind {
  if (prefix.endsWith("/80")) return readPool(compilePool(prefix), address, known);
  try {
    const { text } = compilePrefix(prefix);
    return readEmbedded(text, extract(text, address, { nonGlobal: "ignore" }), known);
  } catch (error) {
    // Bits are set where RFC 6052 §2.2 wants none: the translator never sends from there.
    if (error instanceof AddressError) return { kind: "unused", prefix };
    throw error;
  }
}

function readPool(pool: Pool, address: string, known: Known): AddressKind {
  const { selector, use, ipv4 } = pool.parse(address);
  const prefix = pool.text;
  if (use === "reserved") return { kind: "unused", prefix };
  if (use === "self") return { kind: parseIPv4(ipv4) === 1 ? "translator" : "unused", prefix };
  const found = { ...readEmbedded(prefix, ipv4, known), selector: selector.toString(16).padStart(4, "0") };
  // What an exit publishes may have any address, under its own selector alone.
  return found.kind === "never-translated" && use === "pinned" ? { ...found, kind: "published" } : found;
}

function readEmbedded(
  prefix: string,
  ipv4: string,
  { lab, local, hasPeerExits }: Known,
): Extract<AddressKind, { readonly kind: "embedded" | "never-translated" }> {
  // As the engine does: where exits publish what they like, private addresses are nobody else's.
  const allow = !lab ? [] : hasPeerExits ? DOCUMENTATION_BLOCKS : LABORATORY_BLOCKS;
  const refusals = compileRefusals({ allow });
  const word = parseIPv4(ipv4);
  const isTranslated = !refusals.refusesIPv4(word);
  const { block, entry } = classifyIPv4(word);
  const isOwnPool = local?.pool.some((each) => cidrContains(parseBlock(each), parseBlock(ipv4))) ?? false;
  const name = entry === undefined ? block : `${entry.name}, ${block}`;
  return { kind: isTranslated ? "embedded" : "never-translated", prefix, ipv4, block: name, isOwnPool };
}

/** The /80 that an address would lie in, if it can be one of an IPv6 peer. */
function guessPool(address: string): Pool | undefined {
  const words = parseIPv6(address);
  if (!isGlobalUnicastIPv6(...words)) return undefined;
  try {
    return compilePool(`${formatIPv6([words[0], words[1], words[2] & ~0xffff, 0])}/80`);
  } catch {
    return undefined;
  }
}
