/**
 * Our own nftables table. It masquerades each pair's local address into the pair's ports, and guards: the TUN device
 * reaches the uplink and nothing else, nothing that was not asked for reaches the TUN device (neither from outside nor from
 * users of this host), and of this host only what is published. What connection tracking calls invalid is dropped: it would
 * leave with its inner address, and an ICMP error about a packet that this host never carried would reach the home network.
 */
import { leakGuardChains, nftTableName, nftTableStep, type Step } from "@nat64/daemon-kit/host";
import type { PortBlock } from "@nat64/peer-protocol";

/** A pair's local address and its ports. */
export interface Masquerade {
  readonly local: string;
  readonly ports: PortBlock;
}

/** A service of this host, and the alias under which clients call it, if any. */
export interface LocalService {
  readonly address: string;
  readonly alias?: string;
  readonly protocol: "tcp" | "udp";
  readonly firstPort: number;
  readonly lastPort: number;
}

export interface FirewallPlan {
  /** The TUN device; the table is named after it. */
  readonly device: string;
  /** Devices through which packets of pairs may leave. */
  readonly uplinkDevices: readonly string[];
  /** Ways out that did not forward before: nothing else may use them for it. */
  readonly guarded: readonly string[];
  readonly masquerade: readonly Masquerade[];
  readonly services: readonly LocalService[];
}

/** Seconds that masqueraded UDP lives: as long as the IPv6 peer's sessions (design §4). */
const UDP_TIMEOUT_SECONDS = 300;

/** Adds the table. @param withoutTimeouts called when the kernel does not know `ct timeout`: then its own ones hold */
export function firewallStep(plan: FirewallPlan, withoutTimeouts: () => void): Step {
  const table = nftTableName("v4peer", plan.device);
  return nftTableStep(table, { render: (hasTimeouts) => renderTable(table, plan, hasTimeouts), withoutTimeouts });
}

/** The table as `nft -f` reads it. */
export function renderTable(table: string, plan: FirewallPlan, hasTimeouts: boolean): string {
  const { device, uplinkDevices, guarded, masquerade, services } = plan;
  const ways = `{ ${uplinkDevices.map((way) => `"${way}"`).join(", ")} }`;
  const timeouts = [
    "  ct timeout udp_sessions {",
    `    protocol udp; l3proto ip; policy = { unreplied : ${UDP_TIMEOUT_SECONDS}, replied : ${UDP_TIMEOUT_SECONDS} }`,
    "  }",
    "  chain lifetimes {",
    "    type filter hook prerouting priority -150; policy accept;",
    `    iifname "${device}" meta l4proto udp ct timeout set "udp_sessions"`,
    "  }",
  ];
  const aliases = services.flatMap(({ alias, address, protocol, ...ports }) =>
    alias === undefined
      ? []
      : [`    iifname "${device}" ip daddr ${alias} ${protocol} dport ${range(ports)} dnat ip to ${address}`],
  );
  return `${[
    `table inet ${table} {`,
    ...(hasTimeouts ? timeouts : []),
    "  chain source_nat {",
    "    type nat hook postrouting priority srcnat; policy accept;",
    ...masquerade.flatMap(({ local, ports }) => {
      const from = `    oifname != "${device}" ip saddr ${local}`;
      const to = `masquerade to :${ports.first}-${ports.last}`;
      return [`${from} meta l4proto tcp ${to}`, `${from} meta l4proto udp ${to}`, `${from} masquerade`];
    }),
    "  }",
    ...leakGuardChains(
      device,
      masquerade.map(({ local }) => local),
    ),
    ...(aliases.length === 0
      ? []
      : ["  chain aliases {", "    type nat hook prerouting priority dstnat; policy accept;", ...aliases, "  }"]),
    "  chain input_guard {",
    "    type filter hook input priority filter; policy accept;",
    `    iifname != "${device}" accept`,
    "    icmp type { destination-unreachable, time-exceeded, parameter-problem } ct state related accept",
    "    ct state invalid drop",
    ...services.map(
      ({ address, protocol, ...ports }) => `    ip daddr ${address} ${protocol} dport ${range(ports)} accept`,
    ),
    "    drop",
    "  }",
    "  chain forward_guard {",
    "    type filter hook forward priority filter; policy accept;",
    `    iifname "${device}" oifname != ${ways} drop`,
    `    iifname "${device}" meta nfproto != ipv4 drop`,
    `    iifname "${device}" ct state invalid drop`,
    `    iifname "${device}" accept`,
    `    oifname "${device}" ct state established,related accept`,
    `    oifname "${device}" drop`,
    ...guarded.map((way) => `    iifname "${way}" meta nfproto ipv4 drop`),
    "  }",
    "  chain output_guard {",
    "    type filter hook output priority filter; policy accept;",
    `    oifname != "${device}" accept`,
    // Answers of published services, and this host's errors about packets of pairs.
    "    ct state established,related accept",
    "    drop",
    "  }",
    "}",
  ].join("\n")}\n`;
}

function range({ firstPort, lastPort }: Pick<LocalService, "firstPort" | "lastPort">): string {
  return firstPort === lastPort ? String(firstPort) : `${firstPort}-${lastPort}`;
}
