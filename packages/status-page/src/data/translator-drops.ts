import { client, usual, type WordsByCode, yours } from "./words.ts";

/** Why the translator dropped a packet. */
export const TRANSLATOR_DROPS: WordsByCode = {
  // what arrived is not a packet that can be understood
  "not-ip": usual("Not an IP packet", "The first bits name neither IPv4 nor IPv6."),
  truncated: usual("Truncated packet", "The packet ends in the middle of a header."),
  "bad-length": usual("Wrong length", "The length in the header does not match the packet."),
  "bad-header-checksum": usual("Bad IPv4 checksum", "The IPv4 header was damaged in transit."),
  "too-many-extension-headers": usual("Too many extension headers", "Legitimate IPv6 packets never have this many."),
  "bad-extension-header": usual("Malformed header", "An IPv6 extension header or an IPv4 option is invalid."),
  "source-route": usual("Source route", "The packet uses source routing, which is deprecated."),
  "unsupported-protocol": client("Unsupported protocol", "Only TCP, UDP and ICMP can be translated."),
  "icmp-not-translatable": usual(
    "ICMP without a counterpart",
    "This ICMP message does not exist in the other address family.",
  ),
  "icmp-inner-malformed": usual("Malformed ICMP error", "The packet quoted in the ICMP error cannot be parsed."),
  "icmp-error-about-error": usual("ICMP error about an error", "These are never forwarded, so that they cannot loop."),
  multicast: client("Multicast", "NAT64 only translates unicast packets."),
  // addresses
  "not-in-prefix": yours(
    "Outside the prefix",
    "The destination is not in any NAT64 prefix. A route sends too much traffic here.",
  ),
  "not-in-pool": yours(
    "Outside the IPv4 pool",
    "The IPv4 destination is not in the pool. A route sends too much traffic here.",
  ),
  "refused-destination": client(
    "Private or reserved destination",
    "A client tried to reach an IPv4 address that is not on the internet, such as 10.0.0.1.",
  ),
  "refused-source": client(
    "Source not allowed",
    "Clients need a global IPv6 address. Private addresses, Teredo addresses and the translator's own are refused.",
  ),
  "no-mapping": usual("No address mapping", "No mapping translates this address to the other address family."),
  "own-address": usual("Sent to the translator", "The translator's own addresses answer ping and nothing else."),
  "hop-limit-exceeded": usual("Hop limit exceeded", "Normal for traceroute. Large numbers mean a routing loop."),
  "packet-too-big": usual(
    "Too big for the next link",
    "The sender has been told the MTU and will send smaller packets.",
  ),
  "udp-zero-checksum": usual(
    "UDP without a checksum",
    "IPv6 requires a checksum, and the configuration does not add one.",
  ),
  // state
  "no-binding": usual("Unsolicited", "It arrived from IPv4 for a port that no client uses, probably a scan."),
  "no-session": usual("No session", "It belongs to a connection that has ended or was never opened."),
  filtered: usual("Filtered", "It came from an IPv4 host that the client has not contacted."),
  "ports-exhausted": yours(
    "No free port",
    "All ports of the exits are in use. Add IPv4 addresses to the pool, or add exits.",
  ),
  "bindings-full": yours(
    "Binding table full",
    "New connections are refused. Raise tables.sessions, or find out which clients fill the table.",
  ),
  "sessions-full": yours(
    "Session table full",
    "New connections are refused. Raise tables.sessions, or find out which clients fill the table.",
  ),
  "cap-sessions": client("Client has too many sessions", "Its prefix has reached the cap on sessions."),
  "cap-new-sessions": client("Client opens sessions too fast", "Its prefix has reached the cap on new sessions."),
  "cap-packets": client("Client sends too fast", "Its prefix has reached the cap on packets per second."),
  "tcp-syn-held": usual("Connection not accepted", "It was opened from the IPv4 side, and the client did not answer."),
  // fragments
  "fragment-malformed": usual("Invalid fragment", "The size or offset of the fragment is impossible."),
  "fragment-overlap": usual("Overlapping fragments", "Fragments of one packet overlap, as in attacks."),
  "fragment-memory": yours(
    "No memory for fragments",
    "Too many fragments are waiting for the rest of their packets. Raise tables.held-bytes if clients need fragments.",
  ),
  "fragment-timeout": usual("Incomplete fragments", "The other fragments of the packet did not arrive in time."),
  "fragmented-icmp-error": usual(
    "Fragmented ICMP error",
    "ICMP errors are short. Legitimate ones are never fragmented.",
  ),
  // the engine's own bounds
  "no-room": yours("No room in the batch", "Packets arrived faster than they could be sent. A few are harmless."),
  "fragmented-icmp": usual("Fragmented ping", "The checksum of a fragmented ICMP message cannot be translated."),
  "no-exit": yours("No exit", "No exit accepts this traffic."),
  "not-a-pair": usual("Unknown Teredo client", "The Teredo address does not belong to any of this peer's pairs."),
  "path-suspect": yours("IPv4 peer did not answer", "A relay reported it as unreachable. The path is being tested."),
  "refused-by-policy": client("Refused by the exit", "The owner of the exit does not allow this destination or port."),
  draining: usual(
    "Draining",
    "New connections are refused before the shutdown. Clients are told at once and can go elsewhere.",
  ),
  banned: usual("Banned", "You banned the client or the IPv4 destination. Senders are told."),
  // the bandwidth budget
  "budget-used": yours("Monthly quota exhausted", "What is left of it is reserved for open sessions."),
  "share-used": client(
    "Client's share of the day used",
    "The client has used its share of the monthly quota for today. It can continue tomorrow, 0:00 UTC.",
  ),
  "queue-delay": usual(
    "Queued too long",
    "The packet had waited too long for bandwidth. The drop tells its sender to slow down.",
  ),
  "queue-full": usual(
    "Bandwidth queue full",
    "More traffic arrived than the bandwidth allows. The heaviest client loses packets first.",
  ),
};
