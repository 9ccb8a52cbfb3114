import type { Host } from "../../netns/host.ts";

let tables = 100;

/**
 * Makes a router send everything from one neighbour to another one, regardless of destination, so that plain IPv6
 * packets take the same hops as packets of the peer path.
 */
export async function bounce(
  router: Host,
  from: Host,
  via: { readonly host: Host; readonly ipv6: string },
): Promise<void> {
  tables += 1;
  await router.ip(`-6 rule add iif to-${from.name} lookup ${tables}`);
  await router.ip(`-6 route add default via ${via.ipv6} table ${tables}`);
}
