/** What happens to the peer, as sentences of the log. */
import type { V4PeerEvent } from "@nat64/peer-machines";

/** The sentence of each event. */
export const SENTENCES: Readonly<Record<V4PeerEvent["name"], string>> = {
  registered: "registered",
  mapped: "the mapping at the NAT is known",
  "nat-kind": "the kind of NAT is known",
  "server-silent": "the coordinator does not answer by UDP: is it blocked on the way?",
  "coordinator-error": "the coordinator refused something",
  "offer-declined": "an offer was declined",
  "offer-accepted": "an offer was accepted",
  "pair-ready": "a pair is ready",
  "pair-refused": "a pair's address was refused",
  "pair-ended": "a pair has ended",
  "path-up": "a path is up",
  "path-down": "a path is down",
  drain: "the other side is about to go",
  "drain-cancelled": "the other side has cancelled its drain",
};

/** Whether somebody should look at it. */
export function isTrouble(name: V4PeerEvent["name"]): boolean {
  return name === "server-silent" || name === "coordinator-error" || name === "pair-refused";
}
