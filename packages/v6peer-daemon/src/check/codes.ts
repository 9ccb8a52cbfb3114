/** What each code of `v6peer check` means and what mends it: docs/doctor.md is tested against this table. */

/** How bad a finding is, from good to bad. */
export type Severity = "ok" | "info" | "warn" | "error";

/** Of a code, whatever was found in particular; sentences for people. */
export interface CodeDescription {
  /** The worst that a finding with this code can be. */
  readonly worst: Severity;
  /** What was looked at, and what it means when it is not as it should be. */
  readonly meaning: string;
  /** What to do then; the advice of a finding that has none of its own. */
  readonly fix: string;
}

/** The codes of this folder, stable for programs. */
export type CheckCode =
  | "config"
  | "rights"
  | "tool-ip"
  | "tool-nft"
  | "addon"
  | "tun-device"
  | "forwarding-ipv6"
  | "forwarding-ipv4"
  | "accept-ra"
  | "routes-ipv6"
  | "routes-ipv4"
  | "prefix-route"
  | "prefix-on-link"
  | "default-ipv6"
  | "default-ipv4"
  | "pool-route"
  | "pool-own-address"
  | "pool-overlap"
  | "firewall"
  | "firewall-forward"
  | "firewall-relay"
  | "firewall-legacy"
  | "running"
  | "leftover"
  | "metrics-public"
  | "coordinator"
  | "identity"
  | "relay"
  | "relay-spread"
  | "mtu-uplink"
  | "mtu-relay";

/** See {@link CheckCode}. */
export const CHECK_CODES: Readonly<Record<CheckCode, CodeDescription>> = {
  config: {
    worst: "error",
    meaning: "The configuration file cannot be read, or something in it is wrong; each problem with line and key.",
    fix: "Correct the file; v6peer.example.toml explains each key.",
  },
  rights: {
    worst: "warn",
    meaning: "The user may not configure the network (CAP_NET_ADMIN), so some things could not be looked at.",
    fix: "Run it, and v6peerd, as root.",
  },
  "tool-ip": { worst: "error", meaning: "The command `ip` is missing or does not run.", fix: "Install iproute2." },
  "tool-nft": { worst: "error", meaning: "The command `nft` is missing or does not run.", fix: "Install nftables." },
  addon: {
    worst: "error",
    meaning: "The native code for TUN devices does not load on this machine.",
    fix: "Install v6peerd again for this architecture; in a checkout, build it.",
  },
  "tun-device": {
    worst: "error",
    meaning: "There is no /dev/net/tun, or the user may not open it.",
    fix: 'Load the kernel module ("modprobe tun"), give the device to the container, or run as root.',
  },
  "forwarding-ipv6": {
    worst: "ok",
    meaning: "IPv6 forwarding. v6peerd turns it on while it runs; off with a running v6peerd, nothing is translated.",
    fix: "Find out what turned it off (a file in /etc/sysctl.d, another daemon), and restart v6peerd.",
  },
  "forwarding-ipv4": {
    worst: "ok",
    meaning: "IPv4 forwarding, which a local exit needs. v6peerd turns it on while it runs.",
    fix: "Find out what turned it off (a file in /etc/sysctl.d, another daemon), and restart v6peerd.",
  },
  "accept-ra": {
    worst: "warn",
    meaning:
      "Forwarding is on and accept_ra is 1: the kernel no longer hears router advertisements, and a default route that came from one goes away.",
    fix: "Set accept_ra to 2 there; v6peerd does while it runs.",
  },
  "routes-ipv6": { worst: "warn", meaning: "The IPv6 routes could not be read.", fix: "The sentence has the reason." },
  "routes-ipv4": { worst: "warn", meaning: "The IPv4 routes could not be read.", fix: "The sentence has the reason." },
  "prefix-route": {
    worst: "error",
    meaning: "The prefix is routed to another interface of this host already.",
    fix: "Remove that route, or choose another /80.",
  },
  "prefix-on-link": {
    worst: "error",
    meaning:
      "The prefix is on-link, not routed: the provider's router asks by Neighbour Solicitation for each address in it, and nobody answers. A warning when only the routes of this host say so; an error when `doctor` saw the router ask.",
    fix: "Ask the provider to route the prefix (a /64 or shorter one) to this host's own address; until then an NDP proxy can answer for it (ndppd: see docs/doctor.md).",
  },
  "default-ipv6": {
    worst: "warn",
    meaning: "There is no IPv6 default route.",
    fix: "Set one: only near clients are reached.",
  },
  "default-ipv4": {
    worst: "warn",
    meaning:
      "There is no IPv4 default route: a local exit reaches only the IPv4 networks that are routed, and the built-in relay no IPv4 peers.",
    fix: "Set one, or leave [local-exit] out and use [peer-exits].",
  },
  "pool-route": {
    worst: "error",
    meaning: "An address of the pool is routed elsewhere already.",
    fix: "Remove that route, or choose another local-exit.pool.",
  },
  "pool-own-address": {
    worst: "error",
    meaning: "The pool holds an address of this host, which the kernel keeps for itself.",
    fix: 'Use mode "masquerade".',
  },
  "pool-overlap": {
    worst: "error",
    meaning: "What is masqueraded overlaps a network that this host has a route to.",
    fix: "Choose another local-exit.pool.",
  },
  firewall: { worst: "warn", meaning: "The rules of nftables could not be read.", fix: "The sentence has the reason." },
  "firewall-forward": {
    worst: "error",
    meaning:
      "A rule or the policy of nftables drops what is forwarded between the uplink and the TUN device. An error when that is certain, a warning where a rule has a condition that cannot be judged from here.",
    fix: 'Accept it in that chain: nft insert rule FAMILY TABLE CHAIN iifname "nat64" accept, and the same with oifname.',
  },
  "firewall-relay": {
    worst: "error",
    meaning: "A rule or the policy of nftables drops UDP datagrams to the port of the built-in relay.",
    fix: "Accept that UDP port in that chain.",
  },
  "firewall-legacy": {
    worst: "info",
    meaning:
      "There are rules of legacy iptables, which nftables does not show: whether they drop anything is not known.",
    fix: "Look at them: ip6tables-legacy -S FORWARD, iptables-legacy -S FORWARD; or load them with iptables-nft instead.",
  },
  running: { worst: "ok", meaning: "Whether v6peerd runs.", fix: "Start it; its log says why if it does not stay." },
  leftover: {
    worst: "warn",
    meaning: "A v6peerd that crashed has left its changes to this host.",
    fix: "Start v6peerd: it cleans up first.",
  },
  "metrics-public": {
    worst: "warn",
    meaning: "The metrics are served on an address that others may reach, without any authentication.",
    fix: "Guard that port, or set metrics.listen to 127.0.0.1:9464.",
  },
  coordinator: {
    worst: "warn",
    meaning:
      "The coordinator cannot be reached, or it is not the one that pin or CA say. Without it no new pairs are made.",
    fix: "Look at host, port and pin (or ca) in [coordinator], and at firewalls.",
  },
  identity: {
    worst: "error",
    meaning: "The file with the identity's private key can be read by others, or could not be looked at.",
    fix: "chmod 600 identity.pem in the directory coordinator.state; run this as root.",
  },
  relay: {
    worst: "error",
    meaning: "No route leads to a Teredo relay, or the built-in relay's address is none of this host's.",
    fix: 'Ask the provider for a Teredo relay, install one (Miredo), or use relay = "builtin"; correct relay-address.',
  },
  "relay-spread": {
    worst: "warn",
    meaning:
      'The packets to one Teredo address are spread over several relays (multipath routes). With relay = "system" that is not supported: a relay that the IPv4 peer did not validate gets nothing through.',
    fix: "Route 2001::/32 to one relay.",
  },
  "mtu-uplink": {
    worst: "error",
    meaning:
      "The MTU of the uplink is below that of mtu.ipv6 (large packets come back as Packet Too Big), or below the 1280 bytes that IPv6 asks for (RFC 8200 §5).",
    fix: "Set mtu.ipv6 to the uplink's MTU; below 1280 mend the link.",
  },
  "mtu-relay": {
    worst: "warn",
    meaning: "The uplink carries no 1308 bytes of IPv4: a Teredo packet (1280 bytes in UDP) does not fit in one piece.",
    fix: "Raise the MTU of that link.",
  },
};
