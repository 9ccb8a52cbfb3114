/** Checks whether the set-up of the running daemon is still in place. */
import { readSysctl, runTool } from "@nat64/daemon-kit/host";
import { findUplinks, readRoutes } from "@nat64/v6peer-daemon/check";
import type { Status } from "@nat64/v6peer-daemon/client";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { type DoctorFinding, found } from "./codes.ts";

/** All findings about routes, forwarding and the daemon's own table, while it runs. */
export function judgeHostSetup(config: DaemonConfig, status: Status): readonly DoctorFinding[] {
  const device = status.interface;
  return [
    ...config.routedPrefixes.map((prefix) => judgeRoute(prefix, device)),
    ...judgeForwarding(config.file["local-exit"] !== undefined, device),
    ...judgeTable(device),
  ];
}

function judgeRoute(prefix: string, device: string): DoctorFinding {
  const [route] = readRoutes("-6", "exact", prefix);
  if (route?.dev !== device) {
    const where = route === undefined ? "not routed" : `routed to ${route.dev ?? route.type}`;
    return found("error", "tun-route", `${prefix} is ${where}, although v6peerd is running on ${device}.`);
  }
  if (route.gateway === undefined) {
    return found("warn", "tun-gateway", `The route of ${prefix} into ${device} has no gateway.`);
  }
  return found("ok", "tun-route", `${prefix} is routed into ${device}, via ${route.gateway}.`);
}

function judgeForwarding(hasLocalExit: boolean, device: string): readonly DoctorFinding[] {
  const { ipv4 } = findUplinks();
  // IPv6 has one switch for all interfaces; IPv4 has one per incoming interface.
  const switches = ["net/ipv6/conf/all/forwarding"];
  if (hasLocalExit) {
    for (const name of [device, ...(ipv4 === undefined ? [] : [ipv4])])
      switches.push(`net/ipv4/conf/${name}/forwarding`);
  }
  return switches
    .filter((path) => readSysctl(path) === "0")
    .map((path) =>
      found("error", "forwarding-off", `${path.replaceAll("/", ".")} is 0, so the kernel drops translated packets.`),
    );
}

function judgeTable(device: string): readonly DoctorFinding[] {
  const name = `v6peer_${device.replaceAll("-", "_")}`;
  try {
    if (runTool("nft", ["list", "tables", "inet"]).split("\n").includes(`table inet ${name}`)) return [];
  } catch {
    return []; // `check` reports that nftables could not be read
  }
  return [found("error", "firewall-table", `The nftables table inet ${name} of v6peerd is missing.`)];
}
