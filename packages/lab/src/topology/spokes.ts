/**
 * Hosts around a router, each on its own link: the shape of "the internet" in a lab. IPv4 links are unnumbered, so that
 * a host can have any single public address.
 */
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";

/** A host and its router. */
export interface Spoke {
  readonly host: Host;
  readonly router: Host;
  /** An IPv6 subnet (/64) to which `1` (the router) or `2` (the host) can be appended. */
  readonly ipv6?: string;
  /** The host's IPv4 addresses. */
  readonly ipv4?: readonly string[];
  /** The router's IPv4 address, on any interface. Required with `ipv4`. */
  readonly gateway?: string;
  /** Default 1500. */
  readonly mtu?: number;
}

/** Links a host to its router, with routes both ways: everything to the router, the host's addresses to the host. */
export async function attach(lab: Lab, { host, router, ipv6, ipv4 = [], gateway, mtu }: Spoke): Promise<void> {
  const end = (number: 1 | 2): string[] => (ipv6 === undefined ? [] : [`${ipv6}${number}/64`]);
  const own = ipv4.map((address) => `${address}/32`);
  await lab.link({ host: router, addresses: end(1) }, { host, addresses: [...end(2), ...own] }, mtu);
  if (ipv6 !== undefined) await host.addRoute("default", `${ipv6}1`);
  for (const address of own) await router.ip(`-4 route add ${address} dev to-${host.name}`);
  if (gateway !== undefined) await routeTo(host, router, gateway);
}

/** A default route through a gateway that is on no subnet of the host. */
async function routeTo(host: Host, router: Host, gateway: string): Promise<void> {
  await host.ip(`-4 route replace ${gateway} dev to-${router.name} scope link`);
  await host.ip(`-4 route replace default via ${gateway}`);
}
