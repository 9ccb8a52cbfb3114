/**
 * The topology of a local exit (classic NAT64), with and without routers:
 *
 *     client ───────────────── v6peer ───────────────── server
 *            IPv6                            IPv4
 *
 *     client ── r6a ── r6b ── v6peer ── r4a ── r4b ── server
 *                  ▲                       ▲
 *              ipv6Mtu              ipv4Mtu, in 10/8
 *
 * The client has only IPv6 and the server only IPv4. A translator runs in `v6peer`.
 */
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";
import { type AddressPlan, documentation } from "./addresses.ts";
import { buildChain, type ChainLink, endAddress } from "./chain.ts";

const WITHOUT_ROUTERS = ["client", "v6peer", "server"];
const WITH_ROUTERS = ["client", "r6a", "r6b", "v6peer", "r4a", "r4b", "server"];
const ROUTERS = ["r6a", "r6b", "r4a", "r4b"];

/** Options of a local topology. */
export interface LocalTopologyOptions {
  /** Two IPv6 routers and two IPv4 routers on the path. Default: none. */
  readonly routers?: boolean;
  /** MTU of the link between the IPv6 routers. Default 1500. */
  readonly ipv6Mtu?: number;
  /** MTU of the link between the IPv4 routers. Default 1500. */
  readonly ipv4Mtu?: number;
  /** Default: the documentation ranges. */
  readonly plan?: AddressPlan;
  /** Whether the server also has an IPv6 address. Default: no. */
  readonly ipv6Server?: boolean;
}

/** The hosts of a local topology and their addresses. */
export interface LocalTopology {
  readonly lab: Lab;
  readonly plan: AddressPlan;
  readonly client: Host;
  readonly v6peer: Host;
  readonly server: Host;
  /** The client's IPv6 address. */
  readonly clientIpv6: string;
  /** The server's IPv4 address. */
  readonly serverIpv4: string;
  /** The server's IPv4 address behind the NAT64 prefix. */
  readonly serverNat64: string;
  /** The subnet of the server's IPv6 address, if the translator needs one. */
  readonly serverIpv6Subnet: string;
  /** The IPv6 peer's interface towards the IPv4 side. */
  readonly ipv4Device: string;
}

/** Builds the hosts and links in `lab`; nothing translates yet. */
export async function buildLocal(lab: Lab, options: LocalTopologyOptions): Promise<LocalTopology> {
  const { routers = false, plan = documentation } = options;
  const hosts: Host[] = [];
  for (const name of routers ? WITH_ROUTERS : WITHOUT_ROUTERS) hosts.push(await lab.host(name));
  for (const host of hosts) if (ROUTERS.includes(host.name)) await host.forward();

  const [client, v6peer, server] = ["client", "v6peer", "server"].map((name) => lab.hosts.get(name) as Host);
  const anchored = [plan.prefix80, plan.pool].map((network) => ({ network, at: v6peer }));
  await buildChain(lab, hosts, [...ipv6Links(options, plan), ...ipv4Links(options, plan)], anchored);
  await addDefaultRoutes(hosts, v6peer, server, plan);

  const serverIpv4 = endAddress(plan.ipv4.at(-1) as string, "right");
  return {
    lab,
    plan,
    client,
    v6peer,
    server,
    clientIpv6: endAddress(plan.ipv6[0], "left"),
    serverIpv4,
    serverNat64: `${plan.nat64}${serverIpv4}`,
    serverIpv6Subnet: plan.ipv6BesideIpv4.at(-1) as string,
    ipv4Device: `to-${hosts[hosts.indexOf(v6peer) + 1].name}`,
  };
}

function ipv6Links({ routers = false, ipv6Mtu = 1500 }: LocalTopologyOptions, plan: AddressPlan): ChainLink[] {
  const [atClient, between, atV6peer] = plan.ipv6.map((subnet) => ({ subnets: [subnet] }));
  return routers ? [atClient, { ...between, mtu: ipv6Mtu }, atV6peer] : [atClient];
}

function ipv4Links(
  { routers = false, ipv4Mtu = 1500, ipv6Server = false }: LocalTopologyOptions,
  plan: AddressPlan,
): ChainLink[] {
  const [atV6peer, between, atServer] = plan.ipv4.map((subnet, i) => ({
    subnets: ipv6Server ? [subnet, plan.ipv6BesideIpv4[i]] : [subnet],
  }));
  return routers ? [atV6peer, { ...between, mtu: ipv4Mtu }, atServer] : [atServer];
}

/** Number of the address at which the server, without routers, is the IPv6 peer's router: clients do not reach that one. */
const ROUTER = 254;

/**
 * Both ends send everything towards the middle, and the IPv6 peer sends unknown IPv4 destinations to the IPv4 side: so
 * packets that a translator lets out by mistake are visible there.
 */
async function addDefaultRoutes(hosts: readonly Host[], v6peer: Host, server: Host, plan: AddressPlan): Promise<void> {
  const atServer = plan.ipv4.at(-1) as string;
  const hasRouters = hosts.length > 3;
  if (!hasRouters) await server.ip(`address add ${atServer}${ROUTER}/32 dev to-${v6peer.name}`);
  await hosts[0].addRoute("default", endAddress(plan.ipv6[0], "right"));
  await server.addRoute("default", endAddress(atServer, "left"));
  await v6peer.addRoute("default", hasRouters ? endAddress(plan.ipv4[0], "right") : `${atServer}${ROUTER}`);
}
