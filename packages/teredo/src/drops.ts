/** Why the machines of this package drop packets. Each reason has a stable code, a sentence and a counter. */
import { TEREDO_FAULTS, type TeredoFault } from "./address-check.ts";
import { DatagramFault, describeDatagramFault } from "./datagram/faults.ts";

const OWN = {
  // all machines
  "not-ipv6": "Not a complete IPv6 packet.",
  "packet-too-big": "Larger than the MTU of Teredo, 1280 bytes.",
  "source-not-global": "The UDP source address is not a global unicast IPv4 address, or its port is zero.",
  "source-not-unicast": "The IPv6 source is not a unicast address.",
  "own-address": "The mapped address is one of our own, so packets would loop (RFC 6324).",
  // relay
  "source-not-served": "The IPv6 source is in none of the prefixes that the relay serves.",
  "destination-not-served": "The IPv6 destination is in none of the prefixes that the relay serves.",
  "mapping-mismatch": "The sender's IPv4 address or port differs from the mapping in its Teredo address.",
  "unknown-peer": "A bubble from a Teredo client to which no packet was sent.",
  "peers-full": "The peer table is full.",
  "queue-full": "The queue for a peer that has not answered yet is full.",
  unreachable: "The Teredo client did not answer any bubble.",
  "bubble-rate": "A bubble was due, but the rate limit for bubbles was reached.",
  "error-rate": "An ICMPv6 error was due, but the rate limit for errors was reached.",
  // server
  "not-for-server": "Neither a Router Solicitation nor a packet that a Teredo server forwards (RFC 4380 §5.3.1).",
  "not-authenticated": "The authentication encapsulation is missing or was not accepted.",
  "no-second-address": "The cone bit asks for an answer from a second address, but the server has only one.",
  "too-short": "The solicitation is shorter than its answer, which would go to an address that is not proved.",
  "server-rate": "The server's rate limit was reached.",
  // client
  "not-from-server": "Claims to be from the Teredo server, but is not.",
  "bad-advertisement": "Not the Router Advertisement that the client solicited (RFC 4380 §5.2.1).",
  "relay-limit": "The limit of bubbles to this relay was reached.",
} as const;

/** Stable code of a reason to drop something. */
export type DropReason = Exclude<DatagramFault, "none"> | TeredoFault | keyof typeof OWN;

/** A sentence for people for each reason. */
export const DROP_REASONS: Readonly<Record<DropReason, string>> = {
  ...(Object.fromEntries(
    (Object.keys(DatagramFault) as DatagramFault[])
      .filter((code) => code !== "none")
      .map((code) => [code, describeDatagramFault(code)]),
  ) as Record<Exclude<DatagramFault, "none">, string>),
  ...TEREDO_FAULTS,
  ...OWN,
};

/** A count for each reason. */
export type DropCounters = Record<DropReason, number>;

/** Creates counters for all reasons, set to zero. */
export function makeDropCounters(): DropCounters {
  return Object.fromEntries(Object.keys(DROP_REASONS).map((code) => [code, 0])) as DropCounters;
}
