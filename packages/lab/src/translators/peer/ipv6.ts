/**
 * IPv6 in addition to IPv4, for comparisons that do not translate: from r4 to the first IPv4 peer and to the server.
 */
import type { Host } from "../../netns/host.ts";
import type { PeerTopology } from "../../topology/peer.ts";

/** The IPv6 addresses of hosts that otherwise have only IPv4. */
export interface BesideIpv4 {
  readonly nat: { readonly host: Host; readonly ipv6: string };
  readonly v4peer: { readonly host: Host; readonly ipv6: string };
  readonly serverIpv6: string;
}

/** Adds addresses to these links, and routes from all their hosts to the server. Needs an IPv4 peer behind a NAT. */
export async function addIpv6({
  plan,
  r4,
  r4b,
  server,
  v4peers: [{ host: v4peer, home }],
}: PeerTopology): Promise<BesideIpv4> {
  if (home === undefined) throw new Error("the comparison is made with a NAT");
  const { nat } = home;
  const { home: toHome, v4peer: inHome, backbone, server: toServer } = plan.ipv6Beside;
  await number(toHome, r4, nat);
  await nat.addAddress("lan", `${inHome}1/64`);
  await v4peer.addAddress(`to-${nat.name}`, `${inHome}2/64`);
  await number(backbone, r4, r4b);
  await number(toServer, r4b, server);

  const serverIpv6 = `${toServer}2`;
  await v4peer.addRoute(serverIpv6, `${inHome}1`);
  await nat.addRoute("default", `${toHome}1`);
  await r4.addRoute(`${inHome}/64`, `${toHome}2`);
  await r4.addRoute(serverIpv6, `${backbone}2`);
  await r4b.addRoute("default", `${backbone}1`);
  await server.addRoute("default", `${toServer}1`);
  return { nat: { host: nat, ipv6: `${toHome}2` }, v4peer: { host: v4peer, ipv6: `${inHome}2` }, serverIpv6 };
}

/** Adds the addresses 1 and 2 to the two ends of an existing link. */
async function number(subnet: string, left: Host, right: Host): Promise<void> {
  await left.addAddress(`to-${right.name}`, `${subnet}1/64`);
  await right.addAddress(`to-${left.name}`, `${subnet}2/64`);
}
