/** What the codes mean that `v6peer doctor` has besides those of `v6peer check`; docs/doctor.md is tested against both. */
import type { CodeDescription, Finding } from "@nat64/v6peer-daemon/check";

/** The codes of this folder, stable for programs. */
export type DoctorCode =
  | "daemon"
  | "daemon-config"
  | "reload-refused"
  | "restart-needed"
  | "registration"
  | "exits"
  | "exit-path"
  | "sessions"
  | "tun-route"
  | "tun-gateway"
  | "forwarding-off"
  | "firewall-table"
  | "prefix-routed"
  | "prefix-proxied"
  | "prefix-on-link"
  | "prefix-lost"
  | "prefix-far"
  | "prefix-probe"
  | "path-mtu"
  | "relay-path"
  | "relay-spread"
  | "dns64"
  | "dns64-resolver"
  | "offload-tun"
  | "offload-uplink";

/** A finding of this folder. */
export type DoctorFinding = Finding<DoctorCode>;

/** See {@link DoctorCode}. Those that `check` has, too, mean the same there. */
export const DOCTOR_CODES: Readonly<Record<Exclude<DoctorCode, "prefix-on-link" | "relay-spread">, CodeDescription>> = {
  daemon: {
    worst: "warn",
    meaning: "Whether v6peerd runs and can be asked. Without it the prefix leads nowhere.",
    fix: "Start it; if it does not stay, its log says why. Look at the socket's group if this user may not ask it.",
  },
  "daemon-config": {
    worst: "warn",
    meaning: "v6peerd runs with another configuration file than the one that was looked at.",
    fix: "Name the right one with --config, or restart v6peerd with this one.",
  },
  "reload-refused": {
    worst: "warn",
    meaning: "The last new configuration was refused; the old one is in use.",
    fix: "Correct the file (v6peer check), and reload again.",
  },
  "restart-needed": {
    worst: "warn",
    meaning: "Keys were changed in the file that only a restart puts into use.",
    fix: "Restart v6peerd; sessions end.",
  },
  registration: {
    worst: "warn",
    meaning:
      "Whether the coordinator took the prefix: it sends secrets to three random addresses in it, so that a registered prefix is one that arrives here.",
    fix: "Look at `coordinator` and at the findings about the prefix; the log of v6peerd says what the coordinator refused.",
  },
  exits: {
    worst: "error",
    meaning: "No exit is up, or there are fewer than peer-exits.count: IPv4 traffic has no way out, or less of it.",
    fix: "Look at the findings about coordinator and relay; where both are good, IPv4 peers are missing: ask for some, or name them in peer-exits.wants.",
  },
  "exit-path": {
    worst: "warn",
    meaning: "The state of the path through one IPv4 peer, with round-trip time and loss.",
    fix: "v6peer exits shows why; a single path that is down is replaced by itself after a minute or so.",
  },
  sessions: {
    worst: "warn",
    meaning: "The session table is nearly full: new connections are refused when it is.",
    fix: "Raise tables.sessions (about 190 bytes each), and look at who has them: v6peer sessions.",
  },
  "tun-route": {
    worst: "error",
    meaning: "v6peerd runs, but the prefix is not routed into its TUN device: somebody took the route away.",
    fix: "Restart v6peerd, and keep network managers off its TUN device.",
  },
  "tun-gateway": {
    worst: "warn",
    meaning:
      "The route into the TUN device has no gateway: the kernel makes a neighbour entry for each destination, and anyone can fill that table.",
    fix: "Remove the route and restart v6peerd, which sets it with one (via fe80::1 dev nat64 onlink).",
  },
  "forwarding-off": {
    worst: "error",
    meaning: "v6peerd runs, and somebody has turned forwarding off since.",
    fix: "Restart v6peerd, and find out what turns it off: a file in /etc/sysctl.d, a network manager.",
  },
  "firewall-table": {
    worst: "error",
    meaning: "v6peerd runs, and its table of nftables is gone: no masquerade, no guards.",
    fix: "Restart v6peerd; load other rules without `flush ruleset`.",
  },
  "prefix-routed": {
    worst: "ok",
    meaning:
      "Packets to the prefix arrive here, and no router asks on the link for its addresses: it is routed, as it should be.",
    fix: "Nothing.",
  },
  "prefix-proxied": {
    worst: "info",
    meaning:
      "The router asks on the link for each address of the prefix, and something here answers (an NDP proxy): it works, but each address that anybody uses takes an entry in the router's table.",
    fix: "Have the prefix routed instead, if the provider does that.",
  },
  "prefix-lost": {
    worst: "error",
    meaning:
      "What is sent to the prefix neither arrives here nor is asked for on the link: it is routed to somewhere else or nowhere, or the provider drops packets that come from it.",
    fix: "Ask the provider to route the prefix to this host's own IPv6 address, and to let its packets out.",
  },
  "prefix-far": {
    worst: "warn",
    meaning:
      "Routers nearby send the prefix here, but answers from afar do not come: it is not announced to the internet, or a firewall on the way drops them.",
    fix: "Ask the provider. With --target another host is asked.",
  },
  "prefix-probe": {
    worst: "warn",
    meaning: "Whether the prefix is routed could not be tried out.",
    fix: "The sentence has the reason; --target names a host that answers.",
  },
  "path-mtu": {
    worst: "warn",
    meaning:
      "Small packets are answered and large ones are not, and no Packet Too Big comes back: connections will hang once they carry data.",
    fix: "Let ICMPv6 pass in every firewall on the way; until then set mtu.ipv6 to the size that passes.",
  },
  "relay-path": {
    worst: "info",
    meaning: 'With relay = "system": which Teredo relay the packets to IPv4 peers take, and its round-trip time.',
    fix: "Nothing, if paths are up: a relay need not answer.",
  },
  dns64: {
    worst: "info",
    meaning:
      "What the resolvers answer for ipv4only.arpa (RFC 7050): the NAT64 prefix of their DNS64, if they have one.",
    fix: "Where clients ask this resolver, set its DNS64 to the NAT64 prefix: v6peer dns64 prints the configuration.",
  },
  "dns64-resolver": {
    worst: "info",
    meaning: "A resolver did not answer.",
    fix: "Look at /etc/resolv.conf; --resolver asks another one.",
  },
  "offload-tun": {
    worst: "info",
    meaning: "The kernel does not take super-packets from the TUN device: TCP is a good deal slower.",
    fix: "A newer kernel: TCP needs 2.6.27, UDP 6.2.",
  },
  "offload-uplink": {
    worst: "info",
    meaning: "The uplink's device, or its driver, does not segment or merge: more CPU for the same traffic.",
    fix: "ethtool -K DEVICE gro on tso on, if the driver has it.",
  },
};

/** Makes findings of this folder. */
export function found(
  severity: Finding["severity"],
  code: DoctorCode,
  message: string,
  advice: string | undefined = severity === "ok" ? undefined : fixOf(code),
): DoctorFinding {
  return { code, severity, message, ...(advice !== undefined && severity !== "ok" && { advice }) };
}

function fixOf(code: DoctorCode): string | undefined {
  return (DOCTOR_CODES as Readonly<Record<string, CodeDescription>>)[code]?.fix;
}
