/** The meaning of each code of `v6peer check` and how to fix it. docs/doctor.md is tested against this table. */

/** How bad a finding is, from good to bad. */
export type Severity = "ok" | "info" | "warn" | "error";

/** The description of a code, in sentences for people. */
export interface CodeDescription {
  /** The worst that a finding with this code can be. */
  readonly worst: Severity;
  /** What is checked, and what a problem means. */
  readonly meaning: string;
  /** What to do about it; the default advice of a finding. */
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
    meaning: "The configuration file cannot be read or is invalid. Each problem is shown with its line and key.",
    fix: "Correct the file; v6peer.example.toml explains each key.",
  },
  rights: {
    worst: "warn",
    meaning: "The user may not configure the network (CAP_NET_ADMIN), so some checks were skipped.",
    fix: "Run the check, and v6peerd, as root.",
  },
  "tool-ip": { worst: "error", meaning: "The command `ip` is missing or does not run.", fix: "Install iproute2." },
  "tool-nft": { worst: "error", meaning: "The command `nft` is missing or does not run.", fix: "Install nftables." },
  addon: {
    worst: "error",
    meaning: "The native code for TUN devices does not load on this machine.",
    fix: "Reinstall v6peerd for this architecture; in a checkout, build it.",
  },
  "tun-device": {
    worst: "error",
    meaning: "/dev/net/tun does not exist, or the user may not open it.",
    fix: 'Load the kernel module ("modprobe tun"), pass the device to the container, or run as root.',
  },
  "forwarding-ipv6": {
    worst: "ok",
    meaning:
      "IPv6 forwarding. v6peerd enables it while it runs. If it is off while v6peerd runs, nothing is translated.",
    fix: "Find out what disabled it (a file in /etc/sysctl.d, another daemon), then restart v6peerd.",
  },
  "forwarding-ipv4": {
    worst: "ok",
    meaning: "IPv4 forwarding, which a local exit needs. v6peerd enables it while it runs.",
    fix: "Find out what disabled it (a file in /etc/sysctl.d, another daemon), then restart v6peerd.",
  },
  "accept-ra": {
    worst: "warn",
    meaning:
      "Forwarding is on and accept_ra is 1, so the kernel ignores router advertisements. A default route from an advertisement will expire.",
    fix: "Set accept_ra to 2 on that interface. v6peerd does this while it runs.",
  },
  "routes-ipv6": {
    worst: "warn",
    meaning: "The IPv6 routes could not be read.",
    fix: "See the reason in the message.",
  },
  "routes-ipv4": {
    worst: "warn",
    meaning: "The IPv4 routes could not be read.",
    fix: "See the reason in the message.",
  },
  "prefix-route": {
    worst: "error",
    meaning: "The prefix is already routed to another interface of this host.",
    fix: "Remove that route, or choose another /80.",
  },
  "prefix-on-link": {
    worst: "error",
    meaning:
      "The prefix is on-link instead of routed: the provider's router sends a Neighbour Solicitation for each address in it and gets no answer. A warning if only this host's routes suggest it; an error if `doctor` saw the router's solicitations.",
    fix: "Ask the provider to route the prefix (a /64 or shorter one) to this host's own address. Until then, run an NDP proxy (ndppd, see docs/doctor.md).",
  },
  "default-ipv6": {
    worst: "warn",
    meaning: "There is no IPv6 default route.",
    fix: "Add a default route; without one, only clients in directly connected or routed networks can use the prefix.",
  },
  "default-ipv4": {
    worst: "warn",
    meaning:
      "There is no IPv4 default route. A local exit reaches only IPv4 networks with a route, and the built-in relay reaches no IPv4 peers.",
    fix: "Add a default route, or remove [local-exit] and use [peer-exits].",
  },
  "pool-route": {
    worst: "error",
    meaning: "An address of the pool is already routed elsewhere.",
    fix: "Remove that route, or choose another local-exit.pool.",
  },
  "pool-own-address": {
    worst: "error",
    meaning: "The pool contains an address of this host, which the kernel uses itself.",
    fix: 'Use mode "masquerade".',
  },
  "pool-overlap": {
    worst: "error",
    meaning: "The addresses used for masquerading overlap a network to which this host has a route.",
    fix: "Choose another local-exit.pool.",
  },
  firewall: { worst: "warn", meaning: "The nftables rules could not be read.", fix: "See the reason in the message." },
  "firewall-forward": {
    worst: "error",
    meaning:
      "An nftables rule or policy drops packets forwarded between the uplink and the TUN device. An error if this is certain; a warning if a rule has a condition that cannot be evaluated here.",
    fix: 'Accept these packets in that chain: nft insert rule FAMILY TABLE CHAIN iifname "nat64" accept, and the same with oifname.',
  },
  "firewall-relay": {
    worst: "error",
    meaning: "An nftables rule or policy drops UDP datagrams to the port of the built-in relay.",
    fix: "Accept that UDP port in that chain.",
  },
  "firewall-legacy": {
    worst: "info",
    meaning:
      "Legacy iptables rules are loaded. nftables does not show them, so it is unknown whether they drop anything.",
    fix: "Inspect them (ip6tables-legacy -S FORWARD, iptables-legacy -S FORWARD), or load them with iptables-nft instead.",
  },
  running: { worst: "ok", meaning: "Whether v6peerd is running.", fix: "Start it. If it exits, its log shows why." },
  leftover: {
    worst: "warn",
    meaning: "v6peerd crashed and left its changes on this host.",
    fix: "Start v6peerd; it cleans up first.",
  },
  "metrics-public": {
    worst: "warn",
    meaning: "The metrics are served without authentication on an address that others may reach.",
    fix: "Restrict access to that port, or set metrics.listen to 127.0.0.1:9464.",
  },
  coordinator: {
    worst: "warn",
    meaning:
      "The coordinator cannot be reached, or its certificate does not match the pin or CA. Without a coordinator there are no new pairs.",
    fix: "Check host, port and pin (or ca) in [coordinator], and firewalls.",
  },
  identity: {
    worst: "error",
    meaning: "Others can read the file with the identity's private key, or its mode could not be checked.",
    fix: "Run chmod 600 on identity.pem in the directory coordinator.state; run this check as root.",
  },
  relay: {
    worst: "error",
    meaning: "No route leads to a Teredo relay, or the built-in relay's address is not an address of this host.",
    fix: 'Ask the provider for a Teredo relay, install one (Miredo), or use relay = "builtin". For the built-in relay, correct relay-address.',
  },
  "relay-spread": {
    worst: "warn",
    meaning:
      'Multipath routes spread the packets to one Teredo address over several relays. relay = "system" does not support this: only packets of the relay that the IPv4 peer has validated get through.',
    fix: "Route 2001::/32 to one relay.",
  },
  "mtu-uplink": {
    worst: "error",
    meaning:
      "The MTU of the uplink is below mtu.ipv6 (the kernel answers large packets with Packet Too Big), or below the 1280 bytes that IPv6 requires (RFC 8200 §5).",
    fix: "Set mtu.ipv6 to the MTU of the uplink. If it is below 1280, fix the link.",
  },
  "mtu-relay": {
    worst: "warn",
    meaning: "The uplink cannot carry 1308 bytes of IPv4, so a Teredo packet (1280 bytes in UDP) has to be fragmented.",
    fix: "Raise the MTU of that link.",
  },
};
