/** Why the machines of this package drop something: a stable code, a sentence, and a counter each. */
import { TEREDO_FAULTS, type TeredoFault } from "./address-check.ts";
import { DatagramFault, describeDatagramFault } from "./datagram/faults.ts";

const OWN = {
  // what arrived
  "not-ipv6": "Not a whole IPv6 packet.",
  "packet-too-big": "Larger than the MTU of Teredo, 1280 bytes.",
  "source-not-global": "The UDP source is no global unicast IPv4 address, or its port is zero.",
  "source-not-unicast": "The IPv6 source is no unicast address.",
  "own-address": "The mapped address is one of our own: packets would run in circles (RFC 6324).",
  // relay
  "source-not-served": "The IPv6 source is in none of the prefixes that the relay works for.",
  "destination-not-served": "The IPv6 destination is in none of the prefixes that the relay works for.",
  "mapping-mismatch": "Sent from another IPv4 address or port than the Teredo address's mapping.",
  "unknown-peer": "A bubble from a Teredo client that nobody asked.",
  "peers-full": "The peer table is full.",
  "queue-full": "The queue for a peer that does not answer yet is full.",
  unreachable: "The Teredo client did not answer any bubble.",
  "bubble-rate": "A bubble was due, but as many as allowed were sent already.",
  "error-rate": "An ICMPv6 error was due, but as many as allowed were sent already.",
  // server
  "not-for-server": "Neither a Router Solicitation nor a packet that a Teredo server forwards (RFC 4380 §5.3.1).",
  "not-authenticated": "The authentication encapsulation is missing or was not accepted.",
  "no-second-address": "The cone bit asks for an answer from a second address, and there is none.",
  "server-rate": "The server answers and forwards no more than so much.",
  // client
  "not-from-server": "Claims to be from the Teredo server and is not.",
  "bad-advertisement": "Not the Router Advertisement that was asked for (RFC 4380 §5.2.1).",
  "relay-limit": "This relay was sent as many bubbles as it may get.",
} as const;

/** Stable code of a reason to drop something. */
export type DropReason = Exclude<DatagramFault, "none"> | TeredoFault | keyof typeof OWN;

/** A sentence for humans for each reason. */
export const DROP_REASONS: Readonly<Record<DropReason, string>> = {
  ...(Object.fromEntries(
    (Object.keys(DatagramFault) as DatagramFault[])
      .filter((code) => code !== "none")
      .map((code) => [code, describeDatagramFault(code)]),
  ) as Record<Exclude<DatagramFault, "none">, string>),
  ...TEREDO_FAULTS,
  ...OWN,
};

/** How often each reason occurred. */
export type DropCounters = Record<DropReason, number>;

/** Counters of all reasons, zero. */
export function makeDropCounters(): DropCounters {
  return Object.fromEntries(Object.keys(DROP_REASONS).map((code) => [code, 0])) as DropCounters;
}
