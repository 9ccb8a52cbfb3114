/** The TUN device's link: sysctls, MTU, address, up. All of it disappears with the device. */

import { type Found, readSysctl, runTool, type Step, trySysctl, writeSysctlIfThere } from "@nat64/daemon-kit/host";

/** The gateway of the routes into the TUN device. No host has this address, and none needs to resolve it. */
export const GATEWAY = "fe80::1";

/** The host's own address on the link, so that the gateway is on-link and errors have a source. */
const OWN_LINK_LOCAL = "fe80::2/64";

/** Brings the device up with an MTU. */
export function linkStep(device: string, mtu: number): Step {
  return {
    kind: "link",
    what: `bring ${device} up with MTU ${mtu}`,
    inspect: () => device,
    apply: () => bringUp(device, mtu),
    isIntact: () => isUp(device, mtu),
    mend: () => bringUp(device, mtu),
  };
}

function bringUp(device: string, mtu: number): void {
  writeSysctlIfThere(`net/ipv6/conf/${device}/disable_ipv6`, "0");
  // One fixed link-local address and no solicitations: they would only reach the translator, which is not a router.
  trySysctl(`net/ipv6/conf/${device}/addr_gen_mode`, "1");
  trySysctl(`net/ipv6/conf/${device}/router_solicitations`, "0");
  trySysctl(`net/ipv6/conf/${device}/accept_ra`, "0");
  runTool("ip", ["link", "set", "dev", device, "multicast", "off", "mtu", String(mtu), "up"]);
  runTool("ip", ["-6", "address", "replace", OWN_LINK_LOCAL, "dev", device, "nodad"]);
}

/** One row of `ip -j address`. */
interface LinkRow {
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

function isUp(device: string, mtu: number): boolean {
  const [link] = JSON.parse(runTool("ip", ["-j", "address", "show", "dev", device])) as readonly LinkRow[];
  const hasOwn = link.addr_info.some((each) => `${each.local}/${each.prefixlen}` === OWN_LINK_LOCAL);
  return hasOwn && link.flags.includes("UP") && link.mtu === mtu;
}

/** Sets the device down, which removes its addresses and routes. Closing it removes the device itself. */
export function undoLink(found: Found): void {
  const device = found as string;
  if (readSysctl(`net/ipv4/conf/${device}/forwarding`) === undefined) return;
  runTool("ip", ["link", "set", "dev", device, "down"]);
}
