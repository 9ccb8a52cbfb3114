/**
 * A translator with a local exit, between honest hosts and attackers on both sides:
 *
 *     client ───┐          ┌─── server
 *     attacker ─┴─ v6peer ─┴─ stranger
 *          IPv6                IPv4
 */
import type { Host } from "../../netns/host.ts";
import { Lab } from "../../netns/lab.ts";
import { endAddress } from "../../topology/chain.ts";
import { buildLocal, type LocalTopology } from "../../topology/local.ts";
import { attach } from "../../topology/spokes.ts";
import { startTool } from "../../traffic/tools.ts";
import { ours, type RunningOurs } from "../../translators/ours.ts";
import { startHonestServer } from "../honest-client.ts";

/** The prefix of all attackers on the IPv6 side: 2^32 /48s. Nothing leaves the lab. */
export const ATTACKERS6 = "2a10::/16";
/** A single attacker's. */
export const ONE_64 = "2a10:64:64:64::/64";
export const ONE_HOST = "2a10:64:64:64::64/128";
export const ONE_48 = "2a10:64:64::/48";
/** Many IPv4 addresses that do not answer, and one of them: to be put behind the NAT64 prefix. */
export const MANY_DEAD = "46.0.0.0/104";
export const ONE_DEAD = "46.64.64.64/128";
/** Senders that attackers on the IPv4 side invent. */
export const ATTACKERS4 = "45.0.0.0/8";

/** Where the server accepts connections of attackers: its queue is not the one of honest clients. */
export const VICTIM_PORT = 9003;
/** Where the server takes datagrams of attackers. */
export const VICTIM_UDP_PORT = 9006;

const ATTACKER_SUBNET = "2001:db8:a7::";
const STRANGER_IPV4 = "192.0.2.98";

/** The hosts, and what stands between them. */
export interface LocalWorld extends LocalTopology {
  readonly name: "ours" | "kernel";
  /** All of {@link ATTACKERS6} is routed to it. It answers nothing. */
  readonly attacker: Host;
  /** On the IPv4 side. */
  readonly stranger: Host;
  /** v6peerd; `undefined` if the kernel forwards. */
  readonly translator: RunningOurs | undefined;
}

/** v6peerd with its defaults, and what is added to its configuration. */
export function ourWorld(more: (topology: LocalTopology) => string = () => ""): Promise<LocalWorld> {
  return build("ours", async (topology) => ours({ caps: "default", more: more(topology) }).start(topology));
}

/**
 * Plain forwarding instead of translation: the server has the address that it would have behind the NAT64 prefix, and
 * what is sent to the pool reaches the client's host.
 */
export function kernelWorld(): Promise<LocalWorld> {
  return build("kernel", async ({ plan, client, v6peer, server, serverNat64, serverIpv6Subnet }) => {
    await v6peer.forward();
    await v6peer.addRoute(`${plan.nat64}/96`, endAddress(serverIpv6Subnet, "right"));
    await server.addAddress("lo", `${serverNat64}/128`);
    // Or it would answer a datagram from the address of its link.
    await server.ip(`-6 address change ${endAddress(serverIpv6Subnet, "right")}/64 dev to-v6peer preferred_lft 0`);
    await v6peer.ip("-4 address add 10.65.0.1/30 dev to-client");
    await client.ip("-4 address add 10.65.0.2/30 dev to-v6peer");
    await v6peer.ip(`-4 route add ${plan.pool} via 10.65.0.2`);
    return undefined;
  });
}

async function build(
  name: LocalWorld["name"],
  start: (topology: LocalTopology) => Promise<RunningOurs | undefined>,
): Promise<LocalWorld> {
  const lab = Lab.create();
  try {
    const topology = await buildLocal(lab, { ipv6Server: name === "kernel" });
    const { v6peer, server, plan } = topology;
    const attacker = await lab.host("attacker");
    await attach(lab, { host: attacker, router: v6peer, ipv6: ATTACKER_SUBNET });
    await v6peer.addRoute(ATTACKERS6, `${ATTACKER_SUBNET}2`);
    await attacker.ip(`-6 route add blackhole ${ATTACKERS6}`);
    const stranger = await lab.host("stranger");
    const gateway = endAddress(plan.ipv4.at(-1) as string, "left");
    await attach(lab, { host: stranger, router: v6peer, ipv4: [STRANGER_IPV4], gateway });
    await lab.ready();
    const translator = await start(topology);
    await startHonestServer(server);
    await startTool(server, "tcp-answer", `${VICTIM_PORT}`);
    await startTool(server, "udp-sink", `${VICTIM_UDP_PORT}`);
    return { ...topology, name, attacker, stranger, translator };
  } catch (error) {
    lab.down();
    throw error;
  }
}
