/** Checks whether this host has what v6peerd needs, independently of its configuration. Changes nothing. */
import { accessSync, constants } from "node:fs";
import { configuredInterfaces, readSysctl, runTool } from "@nat64/daemon-kit/host";
import { isForwarding } from "../host/forwarding.ts";
import type { CheckCode } from "./codes.ts";
import { error, type Finding, ok, reasonOf, warn } from "./finding.ts";
import { mayConfigureNetwork } from "./rights.ts";
import { readRoutes } from "./uplinks.ts";

/** The protocol that `ip route` shows for a route from a router advertisement. */
const FROM_ADVERTISEMENT = "ra";

const NAMES = { ipv4: "IPv4", ipv6: "IPv6" } as const;

/** All findings about the host. */
export async function checkHost(): Promise<readonly Finding<CheckCode>[]> {
  return [checkRights(), checkTool("ip"), checkTool("nft"), await checkAddon(), checkTunDevice(), ...checkForwarding()];
}

function checkRights(): Finding<CheckCode> {
  if (mayConfigureNetwork()) return ok("rights", "This user may configure the network.");
  return warn(
    "rights",
    "This user may not configure the network (CAP_NET_ADMIN is missing), so some checks were skipped.",
  );
}

function checkTool(command: "ip" | "nft"): Finding<CheckCode> {
  try {
    const version = runTool(command, ["-V"]).split("\n")[0].trim();
    return ok(`tool-${command}`, `The command ${command} works: ${version}.`);
  } catch (failure) {
    return error(`tool-${command}`, `The command ${command} does not run.`, reasonOf(failure));
  }
}

async function checkAddon(): Promise<Finding<CheckCode>> {
  try {
    const { openEventFd } = await import("@nat64/packet-io/wait");
    openEventFd().close();
    return ok("addon", "The addon for TUN devices loads.");
  } catch (failure) {
    return error("addon", "The addon for TUN devices does not load.", reasonOf(failure));
  }
}

function checkTunDevice(): Finding<CheckCode> {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return ok("tun-device", "/dev/net/tun can be opened.");
  } catch (failure) {
    const isMissing = (failure as NodeJS.ErrnoException).code === "ENOENT";
    return error(
      "tun-device",
      isMissing ? "/dev/net/tun does not exist." : "This user may not open /dev/net/tun.",
      isMissing ? 'Load the kernel module ("modprobe tun") or pass the device to the container.' : "Run as root.",
    );
  }
}

function checkForwarding(): readonly Finding<CheckCode>[] {
  const families = (["ipv6", "ipv4"] as const).map((family) =>
    ok(
      `forwarding-${family}`,
      isForwarding(family)
        ? `${NAMES[family]} forwarding is on.`
        : `${NAMES[family]} forwarding is off; v6peerd enables it while it runs.`,
    ),
  );
  const listening = configuredInterfaces("ipv6").filter((name) => {
    return name !== "default" && name !== "lo" && readSysctl(`net/ipv6/conf/${name}/accept_ra`) === "1";
  });
  if (listening.length === 0) return families;
  const names = listening.join(", ");
  if (isForwarding("ipv6")) {
    const message = `${names}: the kernel ignores router advertisements, because forwarding is on and accept_ra is 1`;
    // A static default route needs no advertisements. One from an advertisement expires, or has already expired.
    if (hasStaticDefaultRoute()) return [...families, ok("accept-ra", `${message}; the default route is static.`)];
    return [...families, warn("accept-ra", `${message}; a default route from an advertisement will expire.`)];
  }
  return [...families, ok("accept-ra", `${names}: v6peerd sets accept_ra to 2 before it enables forwarding.`)];
}

function hasStaticDefaultRoute(): boolean {
  try {
    return readRoutes("-6", "default").some(({ protocol }) => protocol !== FROM_ADVERTISEMENT);
  } catch {
    return false;
  }
}
