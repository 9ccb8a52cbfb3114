/** Classifies the address in a complaint. A pure function of the address and the known facts. */
import {
  bytesOf,
  cidrContains,
  classifyIPv4,
  compilePool,
  formatIPv4,
  formatIPv6,
  isGlobalUnicastIPv6,
  parseBlock,
  parseIPv4,
  parseIPv6,
} from "@nat64/rfc6052";
import { parseTeredoAddress } from "@nat64/teredo";
import { type Guess, readAs96 } from "../../address/guess.ts";
import { policyOfPrefix, type TranslationPolicy } from "../../address/policy.ts";
import { type PrefixReading, readPrefix } from "../../address/read-prefix.ts";
import type { Known, KnownLocalExit } from "../../daemon/known.ts";
import type { ComplaintAddress } from "./read-address.ts";

/** The kinds of address that can be distinguished without a log; the rest of a letter's subject comes from evidence. */
export type AddressKind =
  | {
      readonly kind: "embedded" | "never-translated";
      readonly prefix: string;
      readonly ipv4: string;
      /** Four hexadecimal digits; missing if the prefix is not a /80. */
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
  /** An IPv4 address, possibly of an exit: the log or the daemon knows. */
  | { readonly kind: "other-ipv4" }
  /** An address of this host. */
  | { readonly kind: "host" }
  /** An address that does not belong to this peer. `guess`: what it would embed under a /96; missing if no /96 can contain it. */
  | { readonly kind: "foreign"; readonly guess?: Guess };

/** The kind of address, and whether the prefix certainly belongs to this peer. */
export interface Judgement {
  readonly kind: AddressKind;
  /** The prefix was guessed from the address alone. */
  readonly isGuess: boolean;
}

/** Classifies an address. */
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
  if (guess === undefined) {
    const under96 = readAs96(address);
    return { kind: { kind: "foreign", ...(under96 !== undefined && { guess: under96 }) }, isGuess: false };
  }
  return { kind: readWith(guess, address, known), isGuess: true };
}

function judgeIPv4(address: string, { local, hostAddresses }: Known): AddressKind {
  const block = parseBlock(address);
  if (local?.pool.some((each) => cidrContains(parseBlock(each), block))) return { kind: "pool", mode: local.mode };
  if (local?.mode === "masquerade" && hostAddresses.includes(address)) return { kind: "pool", mode: "masquerade" };
  return { kind: hostAddresses.includes(address) ? "host" : "other-ipv4" };
}

function readWith(prefix: string, address: string, known: Known): AddressKind {
  const { lab, hasPeerExits } = known;
  return kindOf(readPrefix(prefix, address, policyFor(prefix, { lab, hasPeerExits })), known);
}

/** An address outside all known prefixes is read as `v6peer explain` reads it. */
function policyFor(prefix: string, known: TranslationPolicy): TranslationPolicy {
  const own = policyOfPrefix(prefix);
  return own.lab && !known.lab ? own : known;
}

function kindOf(reading: PrefixReading, { local }: Known): AddressKind {
  const { prefix } = reading;
  if (reading.kind === "translator" || reading.kind === "unused") return { kind: reading.kind, prefix };
  const { kind, ipv4 } = reading;
  const { block: range, entry } = classifyIPv4(parseIPv4(ipv4));
  const block = entry === undefined ? range : `${entry.name}, ${range}`;
  const selector = reading.selector?.value;
  if (kind === "published" && selector !== undefined) return { kind, prefix, ipv4, block, selector };
  const isOwnPool = local?.pool.some((each) => cidrContains(parseBlock(each), parseBlock(ipv4))) ?? false;
  return {
    kind: kind === "embedded" ? "embedded" : "never-translated",
    prefix,
    ipv4,
    block,
    isOwnPool,
    ...(selector !== undefined && { selector }),
  };
}

/** The /80 that the address would be in if it were one of an IPv6 peer. */
function guessPool(address: string): string | undefined {
  if (readAs96(address) === undefined) return undefined;
  const words = parseIPv6(address);
  if (!isGlobalUnicastIPv6(...words) && !policyOfPrefix(address).lab) return undefined;
  return compilePool(`${formatIPv6([words[0], words[1], words[2] & ~0xffff, 0])}/80`).text;
}
