/** The site of an IPv4 peer: with its own public address, or behind a NAT on a private LAN. */
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";
import { type HomeNatPreset, type NatOptions, startNat } from "./nat.ts";
import type { V4PeerNumbers } from "./peer-addresses.ts";
import { attach } from "./spokes.ts";

/** The UDP port of every IPv4 peer: fixed, so that a full cone can forward it. */
export const UDP_PORT = 40_001;

/** The host of an IPv4 peer and its surroundings. */
export interface V4PeerHost {
  readonly host: Host;
  /** Its interface towards the internet. */
  readonly device: string;
  /** Its own IPv4 address: private behind a NAT. */
  readonly ipv4: string;
  /** Its public address. */
  readonly publicIpv4: string;
  readonly udpPort: number;
  /** Present unless it has its own public address. */
  readonly home?: Home;
}

/** The NAT and the other host behind it. */
export interface Home {
  readonly nat: Host;
  readonly natOptions: NatOptions;
  /** The NAT's address on the LAN. */
  readonly natLanIpv4: string;
  /** Another host on the LAN, which must not be reachable. */
  readonly neighbour: Host;
  readonly neighbourIpv4: string;
}

/** Builds the home of the IPv4 peer number `number` behind a router of the internet. */
export async function buildHome(
  lab: Lab,
  number: number,
  nat: HomeNatPreset | "none",
  numbers: V4PeerNumbers,
  router: { readonly host: Host; readonly ipv4: string },
): Promise<V4PeerHost> {
  const host = await lab.host(`v4peer${number}`);
  const { publicIpv4 } = numbers;
  const common = { host, publicIpv4, udpPort: UDP_PORT };
  if (nat === "none") {
    await attach(lab, { host, router: router.host, ipv4: [publicIpv4], gateway: router.ipv4 });
    return { ...common, device: `to-${router.host.name}`, ipv4: publicIpv4 };
  }
  const home = await buildLan(lab, number, nat, host, numbers, router);
  return { ...common, device: `to-${home.nat.name}`, ipv4: `${numbers.lan}10`, home };
}

const BRIDGE = "lan";

async function buildLan(
  lab: Lab,
  number: number,
  kind: HomeNatPreset,
  v4peer: Host,
  { publicIpv4, lan }: V4PeerNumbers,
  router: { readonly host: Host; readonly ipv4: string },
): Promise<Home> {
  const nat = await lab.host(`nat${number}`);
  const neighbour = await lab.host(`neighbour${number}`);
  await attach(lab, { host: nat, router: router.host, ipv4: [publicIpv4], gateway: router.ipv4 });
  await nat.ip(`link add ${BRIDGE} type bridge`);
  await nat.addAddress(BRIDGE, `${lan}1/24`);
  await nat.ip(`link set ${BRIDGE} up`);
  for (const [host, ipv4] of [
    [v4peer, `${lan}10`],
    [neighbour, `${lan}20`],
  ] as const) {
    await lab.link({ host: nat, addresses: [] }, { host, addresses: [`${ipv4}/24`] });
    await nat.ip(`link set to-${host.name} master ${BRIDGE}`);
    await host.addRoute("default", `${lan}1`);
  }
  const outside = `to-${router.host.name}`;
  const natOptions = { kind, host: nat, outside, publicIpv4, inside: `${lan}10`, udpPort: UDP_PORT };
  await startNat(natOptions);
  return { nat, natOptions, natLanIpv4: `${lan}1`, neighbour, neighbourIpv4: `${lan}20` };
}
