import type { PeerTopology } from "./peer.ts";

/** Gives the client's host further addresses, each in its own /64, so that an IPv6 peer sees different clients. */
export async function moreClients({ client, clientIpv6, r6 }: PeerTopology, count: number): Promise<string[]> {
  const addresses = Array.from({ length: count }, (_, i) => clientIpv6.replace("::", `:${(i + 1).toString(16)}::`));
  for (const address of addresses) {
    await client.addAddress("lo", `${address}/128`);
    await r6.addRoute(address, clientIpv6);
  }
  return addresses;
}
