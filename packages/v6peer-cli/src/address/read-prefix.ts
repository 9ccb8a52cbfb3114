/** Decodes an IPv6 address within a known prefix. Pure: the policy of the translator is an argument. */
import { AddressError, compilePool, compilePrefix, extract, parseIPv4, type SelectorUse } from "@nat64/rfc6052";
import { type TranslationPolicy, translates } from "./policy.ts";

/** The selector of an address in a /80. */
export interface ReadSelector {
  /** Four hexadecimal digits. */
  readonly value: string;
  readonly use: SelectorUse;
}

/** What an IPv6 address within a prefix stands for. `prefix` is the given one; only a /80 has selectors. */
export type PrefixReading =
  /**
   * An IPv4 address. `embedded`: the translator forwards to it. `published`: not global, under a pinned selector, so the
   * IPv4 peer of that selector may publish it. `never-translated`: not global otherwise.
   */
  | {
      readonly kind: "embedded" | "published" | "never-translated";
      readonly prefix: string;
      readonly ipv4: string;
      readonly selector?: ReadSelector;
    }
  /** `translator`: `P:ffff::1` itself. `unused`: the translator sends nothing from there; `why` is a sentence. */
  | { readonly kind: "translator"; readonly prefix: string; readonly selector: ReadSelector }
  | {
      readonly kind: "unused";
      readonly prefix: string;
      readonly why: string;
      readonly selector?: ReadSelector;
      /** The IPv4 address in the last 32 bits, where they have that meaning. */
      readonly ipv4?: string;
    };

/** Decodes an address that lies within `prefix`, a /80 or a prefix of RFC 6052 length. Throws an `AddressError` for others. */
export function readPrefix(prefix: string, address: string, policy: TranslationPolicy): PrefixReading {
  if (prefix.endsWith("/80")) return readPool(prefix, address, policy);
  const { text } = compilePrefix(prefix);
  try {
    const ipv4 = extract(text, address, { nonGlobal: "ignore" });
    return { kind: translates(policy, ipv4) ? "embedded" : "never-translated", prefix: text, ipv4 };
  } catch (error) {
    // Bits are set that RFC 6052 §2.2 reserves.
    if (error instanceof AddressError) return { kind: "unused", prefix: text, why: error.message };
    throw error;
  }
}

function readPool(prefix: string, address: string, policy: TranslationPolicy): PrefixReading {
  const pool = compilePool(prefix);
  const { selector: number, use, ipv4 } = pool.parse(address);
  const selector = { value: number.toString(16).padStart(4, "0"), use };
  const base = { prefix: pool.text, selector };
  if (use === "reserved") return { ...base, kind: "unused", ipv4, why: "This selector is reserved; nothing uses it." };
  if (use === "self") {
    if (parseIPv4(ipv4) === 1) return { ...base, kind: "translator" };
    return { ...base, kind: "unused", why: "The IPv6 peer itself has only the address that ends in ffff::1." };
  }
  if (translates(policy, ipv4)) return { ...base, kind: "embedded", ipv4 };
  return { ...base, kind: use === "pinned" ? "published" : "never-translated", ipv4 };
}
