/** Checks a stateless configuration and turns text into numbers. Throws `ConfigError`. */
import { type Prefix, parseCidr, parseIPv4, parseIPv6 } from "@nat64/rfc6052";
import type { ExplicitAddressMapping } from "../translate/mapping/eam-mapping.ts";
import { at, type CommonSettings, compileCommon, compilePrefixes } from "./compile-config.ts";
import type { StatelessConfig } from "./config.ts";
import { ConfigError } from "./config-error.ts";

/** A stateless configuration as numbers. */
export interface StatelessSettings extends CommonSettings {
  readonly prefixes: readonly Prefix[];
  readonly eam: readonly ExplicitAddressMapping[];
  readonly icmpSourcePool: readonly number[];
  /** Empty for our own address. */
  readonly icmpSourcePoolIPv6: readonly (readonly number[])[];
  readonly hairpinning: NonNullable<StatelessConfig["hairpinning"]>;
}

/** Checks a stateless configuration. */
export function compileStateless(config: StatelessConfig): StatelessSettings {
  const common = compileCommon(config);
  const prefixes = config.prefixes ?? [];
  const eam = (config.eam ?? []).map((entry, i) => compileEam(`eam[${i}]`, entry));
  for (const [i, { ipv4, ipv4Length, ipv6, ipv6Length }] of eam.entries()) {
    const isOwnIPv4 = ipv4Length === 32 && ipv4 === common.ownIPv4;
    const isOwnIPv6 = ipv6Length === 128 && ipv6.every((word, at) => word === common.ownIPv6[at]);
    if (!isOwnIPv4 && !isOwnIPv6) continue;
    const family = isOwnIPv4 ? "ipv4" : "ipv6";
    throw new ConfigError(`eam[${i}].${family}`, `it is ownAddresses.${family}, whose packets do not reach the host.`);
  }
  refuseRepeated(eam, ({ ipv4, ipv4Length }) => `${ipv4}/${ipv4Length}`, "ipv4");
  refuseRepeated(eam, ({ ipv6, ipv6Length }) => `${ipv6}/${ipv6Length}`, "ipv6");
  if (prefixes.length === 0 && eam.length === 0) {
    throw new ConfigError("prefixes", "a stateless translator requires a prefix or an explicit address mapping.");
  }
  return {
    ...common,
    prefixes: prefixes.length === 0 ? [] : compilePrefixes(prefixes, common.allowSpecialPurpose),
    eam,
    icmpSourcePool: (config.icmpSourcePool ?? []).map((text, i) => at(`icmpSourcePool[${i}]`, () => parseIPv4(text))),
    icmpSourcePoolIPv6: (config.icmpSourcePoolIPv6 ?? []).map((text, i) =>
      at(`icmpSourcePoolIPv6[${i}]`, () => parseIPv6(text)),
    ),
    hairpinning: config.hairpinning ?? "intrinsic",
  };
}

function compileEam(path: string, entry: { readonly ipv4: string; readonly ipv6: string }): ExplicitAddressMapping {
  const ipv4 = at(`${path}.ipv4`, () => parseCidr(withLength(entry.ipv4, 32)));
  const ipv6 = at(`${path}.ipv6`, () => parseCidr(withLength(entry.ipv6, 128)));
  if (ipv4.family !== 4) throw new ConfigError(`${path}.ipv4`, `${entry.ipv4} is not an IPv4 address or prefix.`);
  if (ipv6.family !== 6) throw new ConfigError(`${path}.ipv6`, `${entry.ipv6} is not an IPv6 address or prefix.`);
  if (32 - ipv4.length > 128 - ipv6.length) {
    throw new ConfigError(path, `${entry.ipv6} is too small for the addresses of ${entry.ipv4}.`);
  }
  return { ipv4: ipv4.words[0], ipv4Length: ipv4.length, ipv6: ipv6.words, ipv6Length: ipv6.length };
}

/** RFC 7757 §3.1: each prefix may be mapped once. */
function refuseRepeated(
  eam: readonly ExplicitAddressMapping[],
  keyOf: (entry: ExplicitAddressMapping) => string,
  field: "ipv4" | "ipv6",
): void {
  const seen = new Map<string, number>();
  for (const [i, entry] of eam.entries()) {
    const earlier = seen.get(keyOf(entry));
    if (earlier !== undefined) throw new ConfigError(`eam[${i}].${field}`, `eam[${earlier}] has the same prefix.`);
    seen.set(keyOf(entry), i);
  }
}

/** An address without a length is a prefix of full length. */
function withLength(text: string, length: number): string {
  return text.includes("/") ? text : `${text}/${length}`;
}
