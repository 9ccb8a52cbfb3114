/**
 * A home router with NAT, in nftables. Its kinds are those of RFC 4380 §2, which differ in mapping and filtering.
 */
import type { Host } from "../netns/host.ts";

/**
 * - `full-cone`: one mapping for the UDP port, and anyone may send to it: a port that the owner forwards.
 * - `port-restricted`: one mapping, and only endpoints that were sent to may answer, as in most home routers.
 * - `unguarded`: the same without a firewall. What a stranger sends to the mapped port reaches the router itself, whose own
 *   connection tracking then has that pair of endpoints, so that an answer to the stranger leaves by another port.
 * - `symmetric`: another mapping for each destination.
 */
export type HomeNatPreset = "full-cone" | "port-restricted" | "unguarded" | "symmetric";

/** A NAT and the host behind it. */
export interface NatOptions {
  readonly kind: HomeNatPreset;
  readonly host: Host;
  /** The interface towards the internet. */
  readonly outside: string;
  readonly publicIpv4: string;
  /** The host behind it whose UDP port a full cone forwards. */
  readonly inside: string;
  readonly udpPort: number;
}

/** Makes a host a NAT. Unless it is unguarded, it drops unsolicited packets. */
export async function startNat(options: NatOptions): Promise<void> {
  await options.host.forward();
  await options.host.must(["nft", "-f", "-"], { input: rulesOf(options) });
}

const SYMMETRIC = "fully-random";

/**
 * UDP is masqueraded: the kernel forgets such mappings when the address goes, which {@link changeMapping} makes use of.
 * Other protocols are translated with entries that the kernel keeps.
 */
function rulesOf({ kind, outside, publicIpv4, inside, udpPort }: NatOptions): string {
  const stranger = kind === "unguarded" ? "accept" : "drop";
  const forwarded = kind === "full-cone" ? `iifname "${outside}" udp dport ${udpPort} dnat to ${inside}` : "";
  return `
table ip nat {
  chain arriving {
    type nat hook prerouting priority dstnat;
    ${forwarded}
  }
  chain leaving {
    type nat hook postrouting priority srcnat;
    oifname "${outside}" ip protocol udp masquerade ${kind === "symmetric" ? SYMMETRIC : ""}
    oifname "${outside}" snat to ${publicIpv4} ${kind === "symmetric" ? SYMMETRIC : ""}
  }
  chain to-itself {
    type filter hook input priority filter;
    iifname "${outside}" ct state != { established, related } ${stranger}
  }
  chain through {
    type filter hook forward priority filter;
    iifname "${outside}" ct state != { established, related } ct status & dnat == 0 drop
  }
}
`;
}

/**
 * Removes all UDP mappings and uses new ones from these ports from now on, as home routers do when they restart or
 * briefly lose their line. The public address does not change.
 */
export async function changeMapping({ host, outside, publicIpv4 }: NatOptions, ports: string): Promise<void> {
  await host.must([
    "nft",
    "insert",
    "rule",
    "ip",
    "nat",
    "leaving",
    "oifname",
    outside,
    ..."ip protocol udp".split(" "),
    "masquerade",
    "to",
    `:${ports}`,
  ]);
  const routes = (await host.ip(`-4 route show dev ${outside}`)).trim().split("\n");
  await host.ip(`address del ${publicIpv4}/32 dev ${outside}`);
  await host.ip(`address add ${publicIpv4}/32 dev ${outside}`);
  // Routes through a gateway come after the route to it.
  for (const route of routes.toSorted((a, b) => Number(a.includes(" via ")) - Number(b.includes(" via "))))
    await host.ip(`-4 route replace ${route.trim()} dev ${outside}`);
}
