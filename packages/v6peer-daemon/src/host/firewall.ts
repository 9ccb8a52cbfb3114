/**
 * v6peerd's nftables table: masquerading, and guards so that this host does not forward for others and its own IPv4
 * services cannot be reached through the translator.
 */
import { leakGuardChains, nftTableName, nftTableStep, type Step } from "@nat64/daemon-kit/host";

/** Input for the rules. */
export interface FirewallPlan {
  /** The TUN device; the table is named after it. */
  readonly device: string;
  /** Addresses to masquerade, with the ports to use; empty for a routed pool. */
  readonly masquerade: readonly MasqueradeRange[];
  /** Lifetime of a masquerade's UDP state in seconds: not shorter than the translator's own. */
  readonly udpTimeout: number;
  /** The translator's own IPv4 address, which this host may ping. */
  readonly ownIPv4: string;
  /** Families whose forwarding was off before: only traffic through the TUN device may use it. */
  readonly guarded: readonly ("ipv4" | "ipv6")[];
}

/** One block of the pool and the host's ports that its sessions may use. */
export interface MasqueradeRange {
  readonly address: string;
  readonly tcp: readonly [number, number];
  readonly udp: readonly [number, number];
}

/** Adds the table. @param withoutTimeouts called when the kernel does not know `ct timeout`: then its own ones hold */
export function firewallStep(plan: FirewallPlan, withoutTimeouts: () => void): Step {
  const table = nftTableName("v6peer", plan.device);
  return nftTableStep(table, { render: (hasTimeouts) => renderTable(table, plan, hasTimeouts), withoutTimeouts });
}

/** The table as `nft -f` reads it. */
export function renderTable(table: string, plan: FirewallPlan, hasTimeouts = true): string {
  const lines = [`table inet ${table} {`];
  if (plan.masquerade.length > 0 && hasTimeouts) lines.push(...renderTimeouts(plan));
  if (plan.masquerade.length > 0) lines.push(...renderMasquerade(plan));
  lines.push(...renderInput(plan));
  if (plan.guarded.length > 0) lines.push(...renderGuard(plan));
  return `${lines.join("\n")}\n}\n`;
}

/** Masquerading has its own state, which must not expire before the translator's UDP session. */
function renderTimeouts({ device, masquerade, udpTimeout }: FirewallPlan): readonly string[] {
  return [
    "  ct timeout udp_sessions {",
    `    protocol udp; l3proto ip; policy = { unreplied : ${udpTimeout}, replied : ${udpTimeout} }`,
    "  }",
    "  chain lifetimes {",
    "    type filter hook prerouting priority -150; policy accept;",
    ...masquerade.map(
      ({ address }) => `    iifname "${device}" ip saddr ${address} meta l4proto udp ct timeout set "udp_sessions"`,
    ),
    "  }",
  ];
}

function renderMasquerade({ device, masquerade }: FirewallPlan): readonly string[] {
  const rules = masquerade.flatMap(({ address, tcp, udp }) => {
    const from = `    oifname != "${device}" ip saddr ${address}`;
    return [
      `${from} meta l4proto tcp masquerade to :${tcp[0]}-${tcp[1]}`,
      `${from} meta l4proto udp masquerade to :${udp[0]}-${udp[1]}`,
      `${from} masquerade`,
    ];
  });
  return [
    "  chain source_nat {",
    "    type nat hook postrouting priority srcnat; policy accept;",
    ...rules,
    "  }",
    ...leakGuardChains(
      device,
      masquerade.map(({ address }) => address),
    ),
    // Packets that connection tracking calls invalid are not masqueraded: they would leave with the address of the pool.
    "  chain invalid_guard {",
    "    type filter hook forward priority filter; policy accept;",
    `    iifname "${device}" meta nfproto ipv4 ct state invalid drop`,
    "  }",
  ];
}

/**
 * Packets from clients to this host's own IPv4 addresses come from the TUN device and bypass rules for the uplink.
 * Only answers to this host's own packets are legitimate: ICMP errors, echo replies of the translator, and, if masquerading
 * already uses connection tracking, all established traffic. With a routed pool there is no connection tracking, because it
 * would slow down every forwarded packet.
 */
function renderInput({ device, ownIPv4, masquerade }: FirewallPlan): readonly string[] {
  const rule = `    iifname "${device}" meta nfproto ipv4`;
  const related = masquerade.length > 0 ? " ct state related" : "";
  return [
    "  chain input_guard {",
    "    type filter hook input priority filter; policy accept;",
    `${rule} icmp type { destination-unreachable, time-exceeded, parameter-problem }${related} accept`,
    `${rule} ip saddr ${ownIPv4} icmp type echo-reply accept`,
    ...(masquerade.length > 0 ? [`${rule} ct state established,related accept`] : []),
    `${rule} drop`,
    "  }",
  ];
}

function renderGuard({ device, guarded }: FirewallPlan): readonly string[] {
  return [
    "  chain guard {",
    "    type filter hook forward priority filter; policy accept;",
    ...guarded.map((family) => `    meta nfproto ${family} iifname != "${device}" oifname != "${device}" drop`),
    "  }",
  ];
}
