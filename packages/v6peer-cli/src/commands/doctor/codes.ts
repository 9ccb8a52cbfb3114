/** The meaning of the codes that only `v6peer doctor` has. docs/doctor.md is tested against these and those of `check`. */
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

/** See {@link DoctorCode}. Codes that `check` also has are described there. */
export const DOCTOR_CODES: Readonly<Record<Exclude<DoctorCode, "prefix-on-link" | "relay-spread">, CodeDescription>> = {
  daemon: {
    worst: "warn",
    meaning: "Whether v6peerd runs and answers. Without it the prefix does not work.",
    fix: "Start it. If it exits, its log shows why. If this user has no access, check the group of the socket.",
  },
  "daemon-config": {
    worst: "warn",
    meaning: "v6peerd uses a different configuration file than the one that was checked.",
    fix: "Pass the right file with --config, or restart v6peerd with this one.",
  },
  "reload-refused": {
    worst: "warn",
    meaning: "The last reload was refused; the previous configuration is in use.",
    fix: "Correct the file (see v6peer check), and reload again.",
  },
  "restart-needed": {
    worst: "warn",
    meaning: "Keys in the file changed that take effect only after a restart.",
    fix: "Restart v6peerd. All sessions end.",
  },
  registration: {
    worst: "warn",
    meaning:
      "Whether the coordinator has registered the prefix. It first sends secrets to three random addresses in the prefix to verify that the prefix is routed to this host.",
    fix: "See `coordinator` and the findings about the prefix. The log of v6peerd shows what the coordinator refused.",
  },
  exits: {
    worst: "error",
    meaning: "No exit is up, or fewer than peer-exits.count: IPv4 traffic has no exit, or less capacity.",
    fix: "See the findings about coordinator and relay. If both are ok, there are too few IPv4 peers: ask for some, or list them in peer-exits.wants.",
  },
  "exit-path": {
    worst: "warn",
    meaning: "The state of the path through one IPv4 peer, with round-trip time and loss.",
    fix: "v6peer exits shows details. A path that stays down is replaced automatically after about a minute.",
  },
  sessions: {
    worst: "warn",
    meaning:
      "The session table is nearly full of connections in use. When it is full, clients over their share lose idle ones.",
    fix: "Raise tables.sessions (about 200 bytes per session), and check which clients use them: v6peer sessions.",
  },
  "tun-route": {
    worst: "error",
    meaning: "v6peerd runs, but the prefix is not routed into its TUN device: something removed the route.",
    fix: "Restart v6peerd, and configure network managers to ignore its TUN device.",
  },
  "tun-gateway": {
    worst: "warn",
    meaning:
      "The route into the TUN device has no gateway. The kernel then creates a neighbour entry per destination, and anyone can fill that table.",
    fix: "Remove the route and restart v6peerd, which adds one with a gateway (via fe80::1 dev nat64 onlink).",
  },
  "forwarding-off": {
    worst: "error",
    meaning: "v6peerd runs, but forwarding was disabled after its start.",
    fix: "Find out what disables it (a file in /etc/sysctl.d, a network manager), then restart v6peerd.",
  },
  "firewall-table": {
    worst: "error",
    meaning: "v6peerd runs, but its nftables table is missing: no masquerading, no protection.",
    fix: "Restart v6peerd, and load other rules without `flush ruleset`.",
  },
  "prefix-routed": {
    worst: "ok",
    meaning:
      "Packets to the prefix arrive here, and no router sends solicitations for its addresses: the prefix is routed.",
    fix: "No action needed.",
  },
  "prefix-proxied": {
    worst: "info",
    meaning:
      "The router sends a solicitation for each address of the prefix, and an NDP proxy answers. This works, but each address in use takes an entry in the router's neighbour table.",
    fix: "Ask the provider to route the prefix instead.",
  },
  "prefix-lost": {
    worst: "error",
    meaning:
      "Packets to the prefix do not arrive here, and no router sends solicitations for it. The prefix is routed elsewhere or not at all, or the provider drops packets from it.",
    fix: "Ask the provider to route the prefix to this host's own IPv6 address, and to accept packets from it.",
  },
  "prefix-far": {
    worst: "warn",
    meaning:
      "Nearby routers route the prefix to this host, but replies from the target do not arrive. The prefix is not announced to the internet, or a firewall on the path drops the replies.",
    fix: "Ask the provider, or use --target to test with a different host.",
  },
  "prefix-probe": {
    worst: "warn",
    meaning: "Whether the prefix is routed could not be tested.",
    fix: "See the reason in the message. Use --target to name a host that answers.",
  },
  "path-mtu": {
    worst: "warn",
    meaning:
      "The target answers small packets but not large ones, and no Packet Too Big arrives. Connections will hang as soon as they carry data.",
    fix: "Allow ICMPv6 in every firewall on the path. Until then, set mtu.ipv6 to a size that works.",
  },
  "relay-path": {
    worst: "info",
    meaning: 'With relay = "system": the Teredo relay that carries packets to IPv4 peers, and its round-trip time.',
    fix: "No action needed while exit paths are up; relays do not have to answer.",
  },
  dns64: {
    worst: "info",
    meaning:
      "The answers of the resolvers for ipv4only.arpa (RFC 7050), which show the NAT64 prefix of their DNS64, if they have one.",
    fix: "If clients use this resolver, set its DNS64 to the NAT64 prefix; v6peer dns64 prints the configuration.",
  },
  "dns64-resolver": {
    worst: "info",
    meaning: "A resolver did not answer.",
    fix: "Check /etc/resolv.conf, or use --resolver to test a different one.",
  },
  "offload-tun": {
    worst: "info",
    meaning: "The kernel does not accept super-packets from the TUN device, so TCP is much slower.",
    fix: "Use a newer kernel: TCP needs Linux 2.6.27, UDP 6.2.",
  },
  "offload-uplink": {
    worst: "info",
    meaning:
      "The uplink's device or its driver does not segment or merge packets, so the same traffic takes more CPU time.",
    fix: "Run ethtool -K DEVICE gro on tso on, if the driver supports it.",
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
