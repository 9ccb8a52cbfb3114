import { row, type SpecialPurposeBlock } from "./block.ts";

/**
 * The IANA IPv6 Special-Purpose Address Registry (RFC 6890 and its updates), in IANA's order. Flags: source,
 * destination, forwardable, globally reachable, reserved by protocol.
 */
export const IPV6_SPECIAL_PURPOSE: readonly SpecialPurposeBlock[] = [
  row("::1/128", "Loopback Address", "RFC 4291", "FFFFT"),
  row("::/128", "Unspecified Address", "RFC 4291", "TFFFT"),
  row("::ffff:0:0/96", "IPv4-mapped Address", "RFC 4291", "FFFFT"),
  row("64:ff9b::/96", "IPv4-IPv6 Translation", "RFC 6052", "TTTTF"),
  row("64:ff9b:1::/48", "IPv4-IPv6 Translation", "RFC 8215", "TTTFF"),
  row("100::/64", "Discard-Only Address Block", "RFC 6666", "TTTFF"),
  row("100:0:0:1::/64", "Dummy IPv6 Prefix", "RFC 9780", "TFFFF"),
  row("2001::/23", "IETF Protocol Assignments", "RFC 2928", "FFFFF"),
  row("2001::/32", "TEREDO", "RFC 4380, RFC 8190", "TTT-F"),
  row("2001:1::1/128", "Port Control Protocol Anycast", "RFC 7723", "TTTTF"),
  row("2001:1::2/128", "Traversal Using Relays around NAT Anycast", "RFC 8155", "TTTTF"),
  row("2001:1::3/128", "DNS-SD Service Registration Protocol Anycast", "RFC 9665", "TTTTF"),
  row("2001:2::/48", "Benchmarking", "RFC 5180, RFC 5180 errata 1752", "TTTFF"),
  row("2001:3::/32", "AMT", "RFC 7450", "TTTTF"),
  row("2001:4:112::/48", "AS112-v6", "RFC 7535", "TTTTF"),
  row("2001:10::/28", "Deprecated (previously ORCHID)", "RFC 4843", "-----"),
  row("2001:20::/28", "ORCHIDv2", "RFC 7343", "TTTTF"),
  row("2001:30::/28", "Drone Remote ID Protocol Entity Tags (DETs) Prefix", "RFC 9374", "TTTTF"),
  row("2001:db8::/32", "Documentation", "RFC 3849", "FFFFF"),
  row("2002::/16", "6to4", "RFC 3056", "TTT-F"),
  row("2620:4f:8000::/48", "Direct Delegation AS112 Service", "RFC 7534", "TTTTF"),
  row("3fff::/20", "Documentation", "RFC 9637", "FFFFF"),
  row("5f00::/16", "Segment Routing (SRv6) SIDs", "RFC 9602", "TTTFF"),
  row("fc00::/7", "Unique-Local", "RFC 4193, RFC 8190", "TTTFF"),
  row("fe80::/10", "Link-Local Unicast", "RFC 4291", "TTFFT"),
];
