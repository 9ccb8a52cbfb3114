/** Which IPv4 addresses a translator forwards to, by its configuration and its prefix. */
import {
  cidrContains,
  compileRefusals,
  DOCUMENTATION_BLOCKS,
  LABORATORY_BLOCKS,
  parseBlock,
  parseIPv4,
} from "@nat64/rfc6052";

/** The parts of an IPv6 peer's configuration that decide what it translates. */
export interface TranslationPolicy {
  /** `lab = true`: special-purpose addresses count as global. */
  readonly lab: boolean;
  /** Exits through IPv4 peers are configured, and may publish private addresses. */
  readonly hasPeerExits: boolean;
}

/**
 * The policy for a prefix about whose translator nothing else is known. v6peerd takes a documentation prefix only with
 * `lab = true`, and with `lab = true` no other one, so the prefix tells.
 */
export function policyOfPrefix(prefix: string): TranslationPolicy {
  const block = parseBlock(prefix);
  const lab = DOCUMENTATION_BLOCKS.some((each) => cidrContains(parseBlock(each), block));
  return { lab, hasPeerExits: true };
}

/** Whether a translator with this policy forwards to an IPv4 address under the automatic selector, as the engine does. */
export function translates({ lab, hasPeerExits }: TranslationPolicy, ipv4: string): boolean {
  // Where exits may publish private addresses, those have no meaning without a selector.
  const allow = !lab ? [] : hasPeerExits ? DOCUMENTATION_BLOCKS : LABORATORY_BLOCKS;
  return !compileRefusals({ allow }).refusesIPv4(parseIPv4(ipv4));
}
