import { client, usual, type WordsByCode, yours } from "./words.ts";

/** Why the translator dropped a packet. */
export const TRANSLATOR_DROPS: WordsByCode = {
  // what arrived is not a packet that can be understood
  "not-ip": usual("Not an IP packet", "The first bits name neither IPv4 nor IPv6."),
  truncated: usual("Cut short", "The packet ends before a header that it announces."),
  "bad-length": usual("Wrong length", "The packet says that it is longer or shorter than it is."),
  "bad-header-checksum": usual("Damaged on the way", "The checksum of its IPv4 header is wrong."),
  "too-many-extension-headers": usual("Too many extension headers", "No honest IPv6 packet has so many."),
  "bad-extension-header": usual("Malformed header", "An IPv6 extension header or an IPv4 option makes no sense."),
  "source-route": usual(
    "Source route",
    "The sender wants to choose the way of the packet, which is not done any more.",
  ),
  "unsupported-protocol": client("Another protocol", "Only TCP, UDP and ICMP can be translated."),
  "icmp-not-translatable": usual("ICMP without a counterpart", "The other family has no such ICMP message."),
  "icmp-inner-malformed": usual(
    "ICMP error about nonsense",
    "The packet that it complains about cannot be understood.",
  ),
  "icmp-error-about-error": usual(
    "ICMP error about an error",
    "These are never sent on, so that they do not go round.",
  ),
  multicast: client("Multicast", "A NAT64 translates packets to one receiver only."),
  // addresses
  "not-in-prefix": yours(
    "Outside the prefix",
    "The destination lies in none of the NAT64 prefixes: a route brings more here than it should.",
  ),
  "not-in-pool": yours(
    "Outside the IPv4 pool",
    "The IPv4 destination is no address of the pool: a route brings more here than it should.",
  ),
  "refused-destination": client(
    "Private or reserved destination",
    "A client asked for an IPv4 address that does not exist on the internet, such as 10.0.0.1.",
  ),
  "refused-source": client(
    "Source that may not come here",
    "Clients need a global IPv6 address; private, Teredo and own addresses are refused.",
  ),
  "no-mapping": usual("No address mapping", "No rule says what the address becomes in the other family."),
  "own-address": usual("Meant for the translator", "It answers ping and nothing else."),
  "hop-limit-exceeded": usual("Hop limit used up", "Traceroute looks like this. Many of them are a loop of routes."),
  "packet-too-big": usual("Too big for the next link", "The sender was told what fits, and will send smaller packets."),
  "udp-zero-checksum": usual("UDP without a checksum", "IPv6 does not allow it, and the configuration adds none."),
  // state
  "no-binding": usual("Nobody asked for it", "It came from IPv4 for a port that no client uses: scans look like this."),
  "no-session": usual("Too late", "It belongs to a connection that is over, or was never opened."),
  filtered: usual("Filtered", "It came from an IPv4 host that the client has not talked to."),
  "ports-exhausted": yours(
    "No free port",
    "All ports of the exits are taken: add IPv4 addresses to the pool, or exits.",
  ),
  "bindings-full": yours(
    "Binding table full",
    "New connections are refused: raise tables.sessions, or look who fills it.",
  ),
  "sessions-full": yours(
    "Session table full",
    "New connections are refused: raise tables.sessions, or look who fills it.",
  ),
  "clients-full": yours("Client table full", "Clients from new prefixes are refused: raise tables.clients."),
  "cap-sessions": client("Client has too many sessions", "Its prefix has as many as the caps allow."),
  "cap-new-sessions": client("Client opens sessions too fast", "Its prefix opens them faster than the caps allow."),
  "cap-packets": client("Client sends too fast", "Its prefix sends more packets in a second than the caps allow."),
  "tcp-syn-held": usual("Connection nobody took", "It was opened from the IPv4 side, and the client did not answer."),
  // fragments
  "fragment-malformed": usual("Impossible fragment", "A piece of a packet with a size or a place that cannot be."),
  "fragment-overlap": usual("Overlapping fragments", "Pieces of one packet cover each other, as in attacks."),
  "fragment-memory": yours(
    "No memory for fragments",
    "Too many pieces wait for the rest of their packet: raise tables.held-bytes if clients need fragments.",
  ),
  "fragment-timeout": usual("Fragment alone", "The other pieces of the packet did not come in time."),
  "fragmented-icmp-error": usual("ICMP error in pieces", "ICMP errors are short: nobody cuts honest ones."),
  // the engine's own bounds
  "no-room": yours("No room in the batch", "Packets came faster than they could be written. Rare ones do no harm."),
  "fragmented-icmp": usual("Ping in pieces", "The checksum of an ICMP message in fragments cannot be translated."),
  "no-exit": yours("No exit", "No exit was there that takes the traffic."),
  "not-a-pair": usual("From a stranger by Teredo", "It belongs to no pair with an IPv4 peer."),
  "path-suspect": yours("IPv4 peer did not answer", "A relay says so. The path is being tested."),
  "refused-by-policy": client(
    "Refused by the exit",
    "The owner of the exit does not let this destination or port out.",
  ),
  draining: usual("Draining", "Nothing new is taken before the end; clients are told at once and try elsewhere."),
  // the bandwidth budget
  "budget-used": yours("Month's bytes used up", "What is left, if anything, is for the sessions that there are."),
  "queue-delay": usual(
    "Told to slow down",
    "It had waited long for bandwidth; its sender learns so that it is too fast.",
  ),
  "queue-full": usual(
    "Queue for bandwidth full",
    "More came than the bandwidth lets through; the greediest client pays.",
  ),
};
