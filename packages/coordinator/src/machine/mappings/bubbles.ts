/** Bubbles: from a relay by UDP, to the IPv4 peer over TLS. */
import { formatIPv6, readWord, wordsOf } from "@nat64/rfc6052";
import type { ForwardBubble } from "@nat64/teredo";
import type { Context } from "../context.ts";
import type { BubbleFate } from "../counters.ts";
import { formatEndpoint } from "./endpoint.ts";
import { formatAddress } from "./teredo-address.ts";

/** Takes a bubble that the Teredo server has checked. */
export function passOnBubble(context: Context, bubble: ForwardBubble): void {
  context.counters.bubbles[fateOf(context, bubble)]++;
}

function fateOf(context: Context, { destination, source, sender }: ForwardBubble): BubbleFate {
  const address = formatAddress(destination);
  const pair = context.state.addresses.get(address);
  if (pair === undefined) return "unknown-address";
  if (pair.v4.connection === undefined) return "peer-not-connected";
  if (!context.wayRate.take([sender.address, readWord(destination, 8)], context.now)) return "way-rate";
  if (!context.sourceRate.take([sender.address], context.now)) return "source-rate";
  if (!pair.v4.bubbles.take(context.now)) return "target-rate";
  const relay = formatEndpoint(sender);
  context.send(pair.v4.connection, {
    type: "bubble",
    pair: pair.id,
    source: formatIPv6(wordsOf(source)),
    address,
    relay,
  });
  return "passed-on";
}
