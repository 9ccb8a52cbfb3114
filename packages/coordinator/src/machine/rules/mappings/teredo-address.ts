/** Teredo addresses of pairs: the IPv4 peer's mapping, and twelve random bits that distinguish its pairs (RFC 5991 §3). */
import { bytesOf, formatIPv6, parseIPv4, parseIPv6, wordsOf } from "@nat64/rfc6052";
import {
  checkTeredoAddress,
  type Endpoint,
  emitTeredoAddress,
  makeFlags,
  parseTeredoAddress,
  randomBits,
  TEREDO_ADDRESS_LENGTH,
  type TeredoAddress,
} from "@nat64/teredo";
import type { Context } from "../../context.ts";

/** How many addresses of one mapping twelve bits can distinguish. */
const VARIANTS = 4096;

/** An address that no pair has, or `undefined` if all addresses of this mapping are taken. */
export function drawAddress(context: Context, mapping: Endpoint): string | undefined {
  const first = context.randomWord() & (VARIANTS - 1);
  for (let i = 0; i < VARIANTS; i++) {
    const text = addressOf(context, mapping, (first + i) & (VARIANTS - 1));
    if (context.state.pairs.atAddress(text) === undefined) return text;
  }
  return undefined;
}

/** Whether a pair with this mapping may keep an address that an earlier run of this coordinator assigned. */
export function isUsable(context: Context, text: string, mapping: Endpoint): boolean {
  const address = parseAddress(text);
  if (address === undefined || !hasMapping(text, mapping)) return false;
  if (context.state.pairs.atAddress(text) !== undefined) return false;
  const isGlobal = (word: number): boolean => !context.options.refusals.refusesIPv4(word);
  if (checkTeredoAddress(address, isGlobal) !== undefined) return false;
  return text === addressOf(context, mapping, randomBits(address.flags));
}

/** Whether an address contains a mapping. */
export function hasMapping(text: string, mapping: Endpoint): boolean {
  const address = parseAddress(text);
  return address?.mappedAddress === (mapping.address | 0) && address.mappedPort === mapping.port;
}

/** Canonical text of sixteen bytes. */
export function formatAddress(bytes: Uint8Array): string {
  return formatIPv6(wordsOf(bytes));
}

function parseAddress(text: string): TeredoAddress | undefined {
  return parseTeredoAddress(bytesOf(parseIPv6(text)));
}

function addressOf(context: Context, mapping: Endpoint, bits: number): string {
  const bytes = new Uint8Array(TEREDO_ADDRESS_LENGTH);
  const server = parseIPv4(context.options.primary.address);
  emitTeredoAddress(
    { server, flags: makeFlags(bits), mappedPort: mapping.port, mappedAddress: mapping.address },
    bytes,
  );
  return formatAddress(bytes);
}
