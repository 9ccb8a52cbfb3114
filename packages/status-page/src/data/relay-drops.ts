import { client, usual, type WordsByCode, yours } from "./words.ts";

const NONSENSE = "Something that is not Teredo reached the relay's UDP port: scans look like this.";
const BAD_ADDRESS = "A Teredo address that cannot be: somebody invented it.";
const OF_ANOTHER = "It belongs to another part of Teredo, and has no business at a relay.";

/** Why the built-in Teredo relay dropped something. */
export const RELAY_DROPS: WordsByCode = {
  // the datagram
  truncated: usual("Cut short", NONSENSE),
  "unknown-encapsulation": usual("Not Teredo", NONSENSE),
  "misplaced-encapsulation": usual("Malformed Teredo header", NONSENSE),
  "bad-length": usual("Wrong length", NONSENSE),
  "bad-trailer": usual("Malformed Teredo trailer", NONSENSE),
  "refused-trailer": usual(
    "Unknown Teredo trailer",
    "The sender wants it dropped by whoever does not know the trailer.",
  ),
  // the address
  "not-teredo": usual("Not a Teredo address", BAD_ADDRESS),
  "ug-flags": usual("Malformed Teredo address", BAD_ADDRESS),
  "server-not-global": usual("Impossible Teredo server", BAD_ADDRESS),
  "mapped-address-not-global": usual("Impossible mapped address", BAD_ADDRESS),
  "mapped-port-zero": usual("Impossible mapped port", BAD_ADDRESS),
  // what arrived
  "not-ipv6": usual("Not an IPv6 packet", NONSENSE),
  "packet-too-big": client("Too big for Teredo", "Teredo carries 1280 bytes at most; the sender was told."),
  "source-not-global": usual(
    "Impossible IPv4 source",
    "It claims to come from an address that is not on the internet.",
  ),
  "source-not-unicast": usual("Impossible IPv6 source", "It claims to come from an address that no host has."),
  "own-address": usual("Would run in circles", "It points back at this host's own address."),
  // relay
  "source-not-served": usual("Not for others", "The relay works for this prefix and those in peer-exits.serves only."),
  "destination-not-served": usual(
    "Not for others",
    "The relay works for this prefix and those in peer-exits.serves only.",
  ),
  "mapping-mismatch": usual("Wrong UDP address", "It came from elsewhere than its Teredo address says."),
  "unknown-peer": usual("Unasked", "A Teredo client that nobody asked sent a bubble."),
  "peers-full": yours("Peer table full", "The relay knows as many Teredo clients as it can."),
  "queue-full": usual("Queue full", "Too much waited for an IPv4 peer that had not answered yet."),
  unreachable: yours(
    "IPv4 peer did not answer",
    "Its NAT let no bubble through, or it is off. The exit's state tells more.",
  ),
  "not-validated": usual(
    "Path not proved yet",
    "Clients' packets wait until probes have shown that the way is the right one.",
  ),
  "bubble-rate": usual("Bubbles limited", "As many bubbles as allowed were sent already."),
  "error-rate": usual("Errors limited", "As many ICMPv6 errors as allowed were sent already."),
  // server and client
  "not-for-server": usual("For a Teredo server", OF_ANOTHER),
  "not-authenticated": usual("Not authenticated", OF_ANOTHER),
  "no-second-address": usual("For a Teredo server", OF_ANOTHER),
  "server-rate": usual("For a Teredo server", OF_ANOTHER),
  "not-from-server": usual("For a Teredo client", OF_ANOTHER),
  "bad-advertisement": usual("For a Teredo client", OF_ANOTHER),
  "relay-limit": usual("For a Teredo client", OF_ANOTHER),
};
