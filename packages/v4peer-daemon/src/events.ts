/** Log messages for the events of the peer. */
import type { V4PeerEvent } from "@nat64/peer-machines";

/** The message for each event. */
export const SENTENCES: Readonly<Record<V4PeerEvent["name"], string>> = {
  registered: "registered",
  mapped: "the NAT mapping is known",
  "nat-kind": "the NAT type is known",
  "server-silent": "the coordinator does not answer by UDP; check whether a firewall blocks it",
  "coordinator-error": "the coordinator refused something",
  "offer-declined": "an offer was declined",
  "offer-accepted": "an offer was accepted",
  "pair-ready": "a pair is ready",
  "pair-refused": "a pair's address was refused",
  "pair-ended": "a pair has ended",
  "path-up": "a path is up",
  "path-down": "a path is down",
  drain: "the other side is shutting down",
  "drain-cancelled": "the other side has cancelled its drain",
};

/** Whether the event needs attention. */
export function isTrouble(name: V4PeerEvent["name"]): boolean {
  return name === "server-silent" || name === "coordinator-error" || name === "pair-refused";
}
