/** IPv4-embedded IPv6 addresses (RFC 6052): on words and bytes for the packet path, and on text for all other uses. */
export { embeddedArpaName, fromArpaName, toArpaName } from "./arpa.ts";
export { type BlockSet, compileBlockSet } from "./block-set.ts";
export { cidrContains, cidrsOverlap, parseBlock } from "./cidr.ts";
export { type Classification, classify, classifyIPv4, classifyIPv6 } from "./classify.ts";
export {
  type DiscoveredPrefix,
  type Discovery,
  discoverPrefixes,
  type IgnoredAnswer,
  IPV4ONLY_NAME,
} from "./discovery.ts";
export { type EmbedOptions, embed, extract } from "./embed.ts";
export { AddressError, type AddressErrorCode } from "./errors.ts";
export { isGlobalUnicastIPv4, isGlobalUnicastIPv6 } from "./global-unicast.ts";
export { compilePool, type Pool, type PoolAddress, SELECTOR, type SelectorUse, selectorUse } from "./pool.ts";
export { compilePrefix, PREFIX_CHECK, type Prefix, type PrefixCheck, type PrefixPolicy } from "./prefix.ts";
export { isPrefixLength, PREFIX_LENGTHS, type PrefixLength } from "./prefix-length.ts";
export {
  compileRefusals,
  DOCUMENTATION_BLOCKS,
  LABORATORY_BLOCKS,
  type RefusalOptions,
  type Refusals,
} from "./refusals.ts";
export type { SpecialPurposeBlock } from "./registry/block.ts";
export { IPV4_SPECIAL_PURPOSE } from "./registry/ipv4.ts";
export { IPV6_SPECIAL_PURPOSE } from "./registry/ipv6.ts";
export { type Cidr, formatIPv4, formatIPv6, parseCidr, parseIPv4, parseIPv6 } from "./text.ts";
export { isInLocalUseBlock, isInWellKnownPrefix, LOCAL_USE_BLOCK, WELL_KNOWN_PREFIX } from "./well-known.ts";
export { bytesOf, type IPv6Words, readWord, wordsOf, writeWord } from "./words.ts";
