/** Bubbles: they come from a relay over UDP and go to the IPv4 peer over TLS. */
import { formatIPv6, readWord, wordsOf } from "@nat64/rfc6052";
import type { ForwardBubble } from "@nat64/teredo";
import type { Context } from "../../context.ts";
import { formatEndpoint } from "../../endpoint.ts";
import type { BubbleFate } from "../../state/counters.ts";
import { formatAddress } from "./teredo-address.ts";

/** Passes on a bubble that the Teredo server has checked, within the limits. */
export function passOnBubble(context: Context, bubble: ForwardBubble): void {
  context.counters.bubbles[fateOf(context, bubble)]++;
}

function fateOf(context: Context, { destination, source, sender }: ForwardBubble): BubbleFate {
  const address = formatAddress(destination);
  const pair = context.state.pairs.atAddress(address);
  if (pair === undefined) return "unknown-address";
  if (pair.v4.connection === undefined) return "peer-not-connected";
  const { rates, now } = context;
  if (!rates.bubblesPerFlow.allow(sender.address, readWord(destination, 8), now)) return "flow-rate";
  if (!rates.bubblesPerSource.allow(sender.address, 0, now)) return "source-rate";
  if (!pair.v4.bubbles.allow(now)) return "target-rate";
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
