import { client, usual, type WordsByCode, yours } from "./words.ts";

const NONSENSE = "Something that is not Teredo reached the relay's UDP port, probably a scan.";
const BAD_ADDRESS = "Invalid Teredo address, probably forged.";
const OF_ANOTHER = "A Teredo message that is not meant for relays.";

/** Why the built-in Teredo relay dropped something. */
export const RELAY_DROPS: WordsByCode = {
  // the datagram
  truncated: usual("Truncated datagram", NONSENSE),
  "unknown-encapsulation": usual("Not Teredo", NONSENSE),
  "misplaced-encapsulation": usual("Malformed Teredo header", NONSENSE),
  "bad-length": usual("Wrong length", NONSENSE),
  "bad-trailer": usual("Malformed Teredo trailer", NONSENSE),
  "refused-trailer": usual(
    "Unknown Teredo trailer",
    "The sender asks relays that do not know this trailer to drop the packet.",
  ),
  // the address
  "not-teredo": usual("Not a Teredo address", BAD_ADDRESS),
  "ug-flags": usual("Malformed Teredo address", BAD_ADDRESS),
  "server-not-global": usual("Invalid Teredo server", BAD_ADDRESS),
  "mapped-address-not-global": usual("Invalid mapped address", BAD_ADDRESS),
  "mapped-port-zero": usual("Invalid mapped port", BAD_ADDRESS),
  // what arrived
  "not-ipv6": usual("Not an IPv6 packet", NONSENSE),
  "packet-too-big": client("Too big for Teredo", "Teredo carries at most 1280 bytes. The sender has been told."),
  "source-not-global": usual("Invalid IPv4 source", "The source address does not exist on the internet."),
  "source-not-unicast": usual("Invalid IPv6 source", "The source is not a unicast address."),
  "own-address": usual("Routing loop", "The address in it is this host's own."),
  // relay
  "source-not-served": usual("Not served", "The relay only serves this prefix and the prefixes in peer-exits.serves."),
  "destination-not-served": usual(
    "Not served",
    "The relay only serves this prefix and the prefixes in peer-exits.serves.",
  ),
  "mapping-mismatch": usual(
    "Wrong UDP address",
    "The datagram did not come from the address and port in its Teredo address.",
  ),
  "unknown-peer": usual("Unsolicited bubble", "A Teredo client sent an unsolicited bubble."),
  "peers-full": yours("Peer table full", "The relay cannot remember any more Teredo clients."),
  "queue-full": usual("Queue full", "Too many packets were waiting for an IPv4 peer that had not answered yet."),
  unreachable: yours(
    "IPv4 peer did not answer",
    "Its NAT let no bubble through, or the peer is down. See the state of the exit.",
  ),
  "not-validated": usual("Path not validated yet", "Client packets have to wait until probes have validated the path."),
  "bubble-rate": usual("Bubble rate limit", "The relay had already sent as many bubbles as it may."),
  "error-rate": usual("Error rate limit", "The relay had already sent as many ICMPv6 errors as it may."),
  // server and client
  "not-for-server": usual("For a Teredo server", OF_ANOTHER),
  "not-authenticated": usual("Not authenticated", OF_ANOTHER),
  "no-second-address": usual("For a Teredo server", OF_ANOTHER),
  "too-short": usual("For a Teredo server", OF_ANOTHER),
  "server-rate": usual("For a Teredo server", OF_ANOTHER),
  "not-from-server": usual("For a Teredo client", OF_ANOTHER),
  "bad-advertisement": usual("For a Teredo client", OF_ANOTHER),
  "relay-limit": usual("For a Teredo client", OF_ANOTHER),
};
