/**
 * The topology of the peer path: an IPv6-only client reaches an IPv4-only server through an IPv6 peer without any IPv4, a
 * Teredo relay, and an IPv4 peer behind a home NAT.
 *
 *     client ──┐               ┌── relay ──┐             ┌── nat1 ──┬── v4peer1
 *              ├── r6 ─────────┤           ├── r4 ───────┤          └── neighbour1
 *     v6peer1 ─┘  the IPv6     └─ coordi- ─┘  the IPv4   │
 *                 internet         nator      internet   └── r4b ── server
 *
 * With the built-in relay there is no host "relay": the IPv6 peer then has a link to r4, and a public IPv4 address.
 * IPv4 peers without a NAT are connected directly to r4. Between r4 and r4b is 10/8.
 */
import type { Host } from "../netns/host.ts";
import { Lab } from "../netns/lab.ts";
import { buildHome, type V4PeerHost } from "./home.ts";
import type { HomeNatPreset } from "./nat.ts";
import { type PeerPlan, peerDocumentation, type V6PeerNumbers } from "./peer-addresses.ts";
import { attach } from "./spokes.ts";

/** Options of a peer topology. */
export interface PeerOptions {
  /**
   * "host": a separate relay host between the two internets. "builtin": the IPv6 peers are connected to both. Default
   * "host".
   */
  readonly relay?: "host" | "builtin";
  /** The NAT of each IPv4 peer, at most three. Default: one, `port-restricted`. */
  readonly nats?: readonly (HomeNatPreset | "none")[];
  /** One or two. Default 1. */
  readonly v6peers?: 1 | 2;
  /** Default: the documentation ranges. */
  readonly plan?: PeerPlan;
  /** MTU of the link between client and r6. Default 1500. */
  readonly ipv6Mtu?: number;
  /** MTU of the link between r4 and r4b. Default 1500. */
  readonly ipv4Mtu?: number;
}

/** The host of an IPv6 peer. */
export interface V6PeerHost extends V6PeerNumbers {
  readonly host: Host;
  readonly ipv6: string;
}

/** The hosts of a peer topology and their addresses. Nothing runs in them yet. */
export interface PeerTopology {
  readonly lab: Lab;
  readonly plan: PeerPlan;
  readonly client: Host;
  readonly clientIpv6: string;
  readonly r6: Host;
  readonly r4: Host;
  readonly r4b: Host;
  readonly v6peers: readonly V6PeerHost[];
  /** Present with `relay: "host"`. */
  readonly relay: Host | undefined;
  readonly relayIpv4: string;
  readonly coordinator: Host;
  readonly coordinatorIpv4: readonly [string, string];
  readonly coordinatorIpv6: string;
  readonly v4peers: readonly V4PeerHost[];
  readonly server: Host;
  readonly serverIpv4: string;
  /** The server behind the NAT64 prefix of the first IPv6 peer. */
  readonly serverNat64: string;
}

const TEREDO = "2001::/32";

/** Builds the hosts, their links and routes. If anything fails, nothing is left behind. */
export async function buildPeer(options: PeerOptions = {}): Promise<PeerTopology> {
  const lab = Lab.create();
  try {
    return await build(lab, options);
  } catch (error) {
    lab.down();
    throw error;
  }
}

async function build(lab: Lab, options: PeerOptions): Promise<PeerTopology> {
  const {
    relay: relayKind = "host",
    nats = ["port-restricted"],
    v6peers: count = 1,
    plan = peerDocumentation,
  } = options;
  const client = await lab.host("client");
  const { r6, r4, r4b, server } = await buildInternets(lab, plan, options.ipv4Mtu);
  const toR4 = { router: r4, gateway: `${plan.backbone}1` };
  await attach(lab, { host: client, router: r6, ipv6: plan.clientSubnet, mtu: options.ipv6Mtu ?? 1500 });

  const relay = relayKind === "host" ? await lab.host("relay") : undefined;
  if (relay) {
    await attach(lab, { host: relay, router: r6, ipv6: plan.relay.subnet });
    await attach(lab, { host: relay, ...toR4, ipv4: [plan.relay.ipv4] });
    await relay.forward();
    await r6.addRoute(TEREDO, `${plan.relay.subnet}2`);
  }
  const coordinator = await lab.host("coordinator");
  await attach(lab, { host: coordinator, router: r6, ipv6: plan.coordinator.subnet });
  await attach(lab, { host: coordinator, ...toR4, ipv4: plan.coordinator.ipv4 });

  const v6peers: V6PeerHost[] = [];
  for (const numbers of plan.v6peers.slice(0, count)) {
    const host = await lab.host(`v6peer${v6peers.length + 1}`);
    await attach(lab, { host, router: r6, ipv6: numbers.subnet });
    if (!relay) await attach(lab, { host, ...toR4, ipv4: [numbers.ipv4] });
    await r6.addRoute(numbers.prefix80, `${numbers.subnet}2`);
    v6peers.push({ ...numbers, host, ipv6: `${numbers.subnet}2` });
  }
  const v4peers: V4PeerHost[] = [];
  for (const [i, nat] of nats.entries()) {
    v4peers.push(await buildHome(lab, i + 1, nat, plan.v4peers[i], { host: r4, ipv4: `${plan.backbone}1` }));
  }
  await lab.ready();
  return {
    lab,
    plan,
    client,
    clientIpv6: `${plan.clientSubnet}2`,
    r6,
    r4,
    r4b,
    v6peers,
    relay,
    relayIpv4: relay ? plan.relay.ipv4 : plan.v6peers[0].ipv4,
    coordinator,
    coordinatorIpv4: plan.coordinator.ipv4,
    coordinatorIpv6: `${plan.coordinator.subnet}2`,
    v4peers,
    server,
    serverIpv4: plan.serverIpv4,
    serverNat64: `${plan.v6peers[0].nat64}${plan.serverIpv4}`,
  };
}

/** r6, r4, and the server behind r4b. */
async function buildInternets(lab: Lab, { backbone, serverIpv4 }: PeerPlan, ipv4Mtu = 1500) {
  const [r6, r4, r4b, server] = [
    await lab.host("r6"),
    await lab.host("r4"),
    await lab.host("r4b"),
    await lab.host("server"),
  ];
  for (const router of [r6, r4, r4b]) await router.forward();
  await lab.link({ host: r4, addresses: [`${backbone}1/24`] }, { host: r4b, addresses: [`${backbone}2/24`] }, ipv4Mtu);
  await attach(lab, { host: server, router: r4b, ipv4: [serverIpv4], gateway: `${backbone}2` });
  await r4.addRoute(`${serverIpv4}/32`, `${backbone}2`);
  await r4b.addRoute("default", `${backbone}1`);
  return { r6, r4, r4b, server };
}
