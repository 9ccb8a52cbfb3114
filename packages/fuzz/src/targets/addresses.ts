/** Addresses, prefixes and names in text (RFC 4291, RFC 6052, RFC 7050). Errors are `AddressError`s, and say why. */
import {
  AddressError,
  classify,
  compilePool,
  compilePrefix,
  discoverPrefixes,
  embed,
  embeddedArpaName,
  extract,
  formatIPv4,
  formatIPv6,
  fromArpaName,
  parseBlock,
  parseCidr,
  parseIPv4,
  parseIPv6,
  toArpaName,
} from "@nat64/rfc6052";
import { bytesOfText, textOf } from "../input/text.ts";
import { mustHold, type Target } from "../target.ts";

const SEEDS = [
  "192.0.2.1",
  "2001:db8::1",
  "64:ff9b::/96 192.0.2.33 64:ff9b::192.0.2.33",
  "2001:db8:100::/40 198.51.100.2 2001:db8:1c0:2:21::",
  "2001:db8:64::/80 ::ffff:1.2.3.4 fe80::1%eth0",
  "10.0.0.0/8 1.2.0.192.in-addr.arpa. 2001:db8::/32",
  `2001:db8:122:344::/64 ${"1.".repeat(32)}ip6.arpa 2001:67c:27e4:642::c000:aa 2001:67c:27e4:642::c000:ab`,
];

export const target: Target = {
  maxBytes: 300,
  seeds: SEEDS.map(bytesOfText),
  run(input) {
    const words = textOf(input).split(" ");
    for (const word of words) readWord(word);
    const [prefix = "", ipv4 = "", ipv6 = ""] = words;
    const embedded = attempt(() => embed(prefix, ipv4, { nonGlobal: "ignore" }));
    if (embedded !== undefined) {
      const back = extract(prefix, embedded, { nonGlobal: "ignore" });
      mustHold(back === formatIPv4(parseIPv4(ipv4)), "an embedded address is extracted again");
    }
    attempt(() => extract(prefix, ipv6));
    attempt(() => embeddedArpaName(prefix, ipv4));
    const { prefixes } = discoverPrefixes(words);
    for (const each of prefixes) mustHold(compilePrefix(each.prefix).text === each.prefix, "a found prefix is valid");
  },
};

function readWord(text: string): void {
  const v4 = attempt(() => parseIPv4(text));
  if (v4 !== undefined) mustHold(parseIPv4(formatIPv4(v4)) === v4, "an IPv4 address is written as it was read");
  const v6 = attempt(() => parseIPv6(text));
  if (v6 !== undefined) {
    const again = parseIPv6(formatIPv6(v6));
    mustHold(
      again.every((word, at) => word === v6[at]),
      "an IPv6 address is written as it was read",
    );
    const dotted = parseIPv6(formatIPv6(v6, true));
    mustHold(
      dotted.every((word, at) => word === v6[at]),
      "the dotted form is the same address",
    );
  }
  attempt(() => parseCidr(text));
  attempt(() => parseBlock(text));
  attempt(() => classify(text));
  const prefix = attempt(() => compilePrefix(text));
  if (prefix !== undefined)
    mustHold(compilePrefix(prefix.text).text === prefix.text, "a prefix is written canonically");
  const pool = attempt(() => compilePool(text));
  if (pool !== undefined) mustHold(compilePool(pool.text).text === pool.text, "a pool is written canonically");
  const named = attempt(() => fromArpaName(text));
  if (named !== undefined) mustHold(fromArpaName(toArpaName(named)) === named, "a reverse name leads back");
}

/** The result, or undefined after an `AddressError`. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    mustHold(error.message.length > 0 && error.message.length < 400, "an error is a sentence");
    return undefined;
  }
}
