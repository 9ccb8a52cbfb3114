/**
 * Hosts in a row, with a link between neighbours, and static routes so that every host reaches all addresses of the
 * row.
 */
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";

/** A link of the row. Its left end gets host number 1 of each subnet, its right end number 2. */
export interface ChainLink {
  /** Subnets to which `1` or `2` can be appended: `2001:db8:c1::` (/64) or `10.64.0.` (/24). */
  readonly subnets: readonly string[];
  /** Default 1500. */
  readonly mtu?: number;
}

/** Addresses of one host of the row that are not on a link. */
export interface Anchored {
  readonly network: string;
  readonly at: Host;
}

const isIpv6 = (network: string): boolean => network.includes(":");
const withLength = (subnet: string): string => (isIpv6(subnet) ? `${subnet}/64` : `${subnet}0/24`);

/** The address of one end of a link. */
export function endAddress(subnet: string, end: "left" | "right"): string {
  return `${subnet}${end === "left" ? 1 : 2}`;
}

/**
 * Links the hosts in order and sets all routes (the caller enables forwarding); `links[i]` joins `hosts[i]` and
 * `hosts[i + 1]`.
 */
export async function buildChain(
  lab: Lab,
  hosts: readonly Host[],
  links: readonly ChainLink[],
  anchored: readonly Anchored[],
): Promise<void> {
  for (const [i, { subnets, mtu }] of links.entries()) {
    const end = (host: Host, side: "left" | "right") => ({
      host,
      addresses: subnets.map((subnet) => `${endAddress(subnet, side)}${isIpv6(subnet) ? "/64" : "/24"}`),
    });
    await lab.link(end(hosts[i], "left"), end(hosts[i + 1], "right"), mtu);
  }
  for (const [i, link] of links.entries()) {
    // Every host except the two ends needs a route to a link's subnets.
    for (const subnet of link.subnets) await routeTowards(hosts, links, withLength(subnet), i, i + 1);
  }
  for (const { network, at } of anchored) {
    const position = hosts.indexOf(at);
    await routeTowards(hosts, links, network, position, position);
  }
  await lab.ready();
}

/** Gives every host outside `first`..`last` a route to the network, where its link in that direction has the family. */
async function routeTowards(
  hosts: readonly Host[],
  links: readonly ChainLink[],
  network: string,
  first: number,
  last: number,
): Promise<void> {
  const sameFamily = (subnet: string) => isIpv6(subnet) === isIpv6(network);
  for (const [i, host] of hosts.entries()) {
    if (i >= first && i <= last) continue;
    const subnet = links[i < first ? i : i - 1].subnets.find(sameFamily);
    if (subnet) await host.addRoute(network, endAddress(subnet, i < first ? "right" : "left"));
  }
}
