/** The TUN device's link: sysctls, MTU, address, up. All of it disappears with the device. */

import { type Found, readSysctl, runTool, type Step, writeSysctlIfThere } from "@nat64/daemon-kit/host";

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
    apply: () => {
      writeSysctlIfThere(`net/ipv6/conf/${device}/disable_ipv6`, "0");
      // One fixed link-local address and no solicitations: they would only reach the translator, which is not a router.
      writeSysctlIfThere(`net/ipv6/conf/${device}/addr_gen_mode`, "1");
      writeSysctlIfThere(`net/ipv6/conf/${device}/router_solicitations`, "0");
      writeSysctlIfThere(`net/ipv6/conf/${device}/accept_ra`, "0");
      runTool("ip", ["link", "set", "dev", device, "multicast", "off", "mtu", String(mtu), "up"]);
      runTool("ip", ["-6", "address", "add", OWN_LINK_LOCAL, "dev", device, "nodad"]);
    },
  };
}

/** Sets the device down, which removes its addresses and routes. Closing it removes the device itself. */
export function undoLink(found: Found): void {
  const device = found as string;
  if (readSysctl(`net/ipv4/conf/${device}/forwarding`) === undefined) return;
  runTool("ip", ["link", "set", "dev", device, "down"]);
}
