import type { LetterText } from "./letter-text.ts";

/** English. */
export const en: LetterText = {
  language: "English",
  subject: "Re: your complaint about {address}",
  greeting: "Hello,\n\nthank you for your message about {address}{atPort}{atTime}.",
  atPort: ", {protocol} port {port}",
  atBarePort: ", port {port}",
  atTime: ", {time}",

  isTranslated:
    "{address} is not the address of a host. It lies in {prefix}, a public NAT64 prefix, with which IPv6-only hosts reach IPv4-only ones: a translator rewrites the headers of their packets (RFC 6146, RFC 7915) and stores nothing of what they hold. Each of these addresses stands for an IPv4 address (RFC 6052), and {address} stands for {ipv4}. So what came to you from {address} through our translator was sent by {ipv4}. There is no server, no account and no content at our end.",
  ownChoice:
    "Nobody gets packets from this prefix unasked. The translator sends packets to an IPv6 host only after packets with that host's address as their source have gone to the prefix, or where the host's operator has arranged with us that it can be reached from IPv4. Sending to the prefix is the sender's own choice: a program was given such an address, or a resolver (DNS64) was told to make them. Should you know that nobody on your side did either, somebody may have used your address as a forged source; please tell us in that case.",
  terms:
    "The prefix is offered under terms of service{termsAt}. By them, whoever uses it raises matters concerning an IPv4 host with that host's operator, and does not use the prefix to scan, monitor or collect evidence about IPv4 hosts, since the addresses that are seen that way are ours and not theirs. If your observation was made in such a way, it was made against these terms.",
  termsAt: " ({url})",
  termsEnclosed: ", which we enclose",
  askOwner:
    "Questions about what {ipv4} sends, offers or stores go to whoever is responsible for that IPv4 address. Over IPv4 the host is seen under that address of its own. WHOIS or RDAP name the network and its abuse contact: https://rdap.org/ip/{ipv4}",
  isOwnPool:
    "{ipv4} is in turn an address that this translator uses for its IPv6 clients towards IPv4 (RFC 6146, hairpinning): what came from it was sent by another IPv6 host that uses the prefix.",

  isPublished:
    "{address} is not the address of a host of ours. It lies in {prefix}, a public NAT64 prefix, and stands for the IPv4 address {ipv4} (RFC 6052). That address is not routed on the internet ({block}): it is meant inside the network of an IPv4 peer, to whom the selector {selector} in the address belongs, and who publishes a service there. We carry the packets and rewrite their headers; there is no server and no content at our end.",
  askIPv4Peer:
    "What can be reached through an IPv4 peer is chosen and enforced by the IPv4 peer alone. Questions about what {ipv4} under the selector {selector} sends, offers or stores go to the owner of that IPv4 peer.",
  ipv4PeerKnown:
    "To us that IPv4 peer is known by the identity {peer} and by the Teredo address {teredo}{asOf}. A Teredo address holds the public IPv4 address and UDP port of its host (RFC 4380, section 4); here they are {mapped} and {mappedPort}. The network that {mapped} belongs to can tell more: https://rdap.org/ip/{mapped}",
  ipv4PeerUnknown: "Which IPv4 peer had that selector at the time in question is not known to us.",

  isNeverTranslated:
    "{address} lies in {prefix}, a public NAT64 prefix, and would stand for the IPv4 address {ipv4} (RFC 6052). That address is not global ({block}), and our translator forwards nothing from or to it. The one exception are ICMP errors, since routers on the way may answer from such addresses, as they do in a traceroute. Other packets from {address} were not sent by our translator: their source is forged, or the address was misread.",
  isTranslator:
    "{address} is our NAT64 translator itself. It opens no connections to others: it answers pings, sends ICMPv6 errors about packets that went to {prefix} with your host's address as their source (RFC 4443), and probes the paths to its own IPv4 peers.",
  isUnused:
    "{address} lies in {prefix}, a public NAT64 prefix, but in a part of it that is not in use: our translator sends nothing from there. The source of such packets is forged, or the address was misread.",

  isTeredo:
    "{address} is a Teredo address (RFC 4380). It belongs to an IPv4 peer, through which our public NAT64 prefix {prefix} reaches IPv4, and holds that peer's public IPv4 address, {mapped}, and its UDP port, {mappedPort}. Packets between it and {prefix} are those of IPv6 hosts that chose to use the prefix, and the answers to them.",

  isShared:
    "{address} is not the address of one host. It is an address of a NAT64 translator (RFC 6146), which many IPv6-only hosts share; only ports tell them apart. What came to you from it was sent by one of these hosts; our part is the translation.",
  isExit:
    "{address} is the public address of an IPv4 peer, a machine of a volunteer through which the public NAT64 prefix {prefix} reaches IPv4. At that time its ports {ports} were set aside for the prefix: what came to you from them, unless a router there changed the port, was sent by an IPv6-only host that uses the prefix, and not by that machine or its owner.",
  isStaticBinding:
    "Port {port} of {address} belongs to one IPv6 host for good, by an arrangement with its operator. We take the matter up with that operator.",
  clientsChoice:
    "Anybody may use the prefix, within terms of service{termsAt} that forbid attacks, scans and unsolicited bulk mail. We do not choose, look into or store what its users send.",
  wasInUse: "According to our log, this port was in use at that time.",
  wasNotInUse:
    "According to our log, this port was not in use at that time. Please look once more at the port (the source port, as you saw it), the protocol, the time zone, and how exact your clock was; the source may also have been forged.",
  clientNotRecorded: "We do not record which IPv6 host used which port, and so cannot tell which one it was.",
  clientRecorded:
    "Which network it was is recorded. We tell it to authorities that are entitled to know, and to nobody else.",
  needsTimeAndPort:
    "To look further we need the source port as you saw it, the protocol, and the exact time with its time zone (RFC 6302).",
  noLog: "No log of ours tells whose the port was at that time.",

  yourAddress: "one of our addresses",
  amIPv4Peer:
    "The machine at that address is an IPv4 peer of a peer-to-peer NAT64: through it, IPv6-only hosts reach IPv4. It rewrites headers and forwards, and sees no IPv6 addresses of those hosts. Each IPv6 prefix that it works for has ports of its own here, which the machine itself does not use.",
  cameFromPrefix:
    "Port {port} belonged at that time to the NAT64 prefix {prefix}, run by the IPv6 peer with the identity {peer}.",
  cameProbablyFromPrefix:
    "Port {port} belonged at that time to the NAT64 prefix {prefix}, run by the IPv6 peer with the identity {peer}. There is a router with NAT between this machine and the internet; if it gave the connection another port than the machine did, this does not hold.",
  belongsNow:
    "Port {port} belongs at present to the NAT64 prefix {prefix}, run by the IPv6 peer with the identity {peer}. No log of ours tells whether it did so at the time in question; it may have belonged to another one, or to none.",
  onlyPrefixAsked:
    "The IPv6 peer holds the state of the translation and is the only one who may be able to tell more. Please send it the address, the port, the protocol and the time with its time zone.",
  prefixNotFound: "Port {port} belonged to none of these prefixes at that time.",
  prefixUnclear:
    "Around that time port {port} passed from one of these prefixes to another. With a more exact time we can tell which one it was.",
  askIPv6Peer:
    "WHOIS or RDAP name the network of the prefix and its abuse contact: https://rdap.org/ip/{prefixAddress}",

  isHost:
    "{address} is an address of the host that runs our NAT64 translator for {prefix}. What users of the prefix send does not come from it, but for UDP datagrams to our own IPv4 peers, which carry it (Teredo, RFC 4380). What else comes from that address is sent by the host itself, and we look into it.",
  isNotOurs:
    "{address} is none of ours, as far as we can see: it does not lie in our NAT64 prefix {prefix}, nor does our translator use it. WHOIS or RDAP name the network that it belongs to: https://rdap.org/ip/{address}",
  closing:
    "Should your complaint be about something else, please send us source and destination addresses, ports, protocol, and the exact time with its time zone.",
  regards: "Kind regards",
};
