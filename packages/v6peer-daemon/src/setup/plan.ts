import type { DaemonConfig } from "../config/resolve.ts";
import { firewallStep, type MasqueradeRange } from "./firewall.ts";
import { forwardingStep, isForwarding, keepRouterAdvertisements } from "./forwarding.ts";
import { linkStep } from "./link.ts";
import { routeStep } from "./route.ts";
import type { Step } from "./step.ts";

/** The ports that RFC 6335 does not reserve for services: the engine's default, too. */
const UNRESERVED_PORTS = [1024, 65_535] as const;

/**
 * All changes that a configuration needs on this host, in their order: the firewall is there before anything is
 * forwarded, and router advertisements are kept before forwarding is turned on.
 */
export function planSetup(config: DaemonConfig, device: string): readonly Step[] {
  const { file, engine } = config;
  const guarded = file.host["forward-others"] ? [] : (["ipv4", "ipv6"] as const).filter((each) => !isForwarding(each));
  const mayOverlap = file["local-exit"].mode === "pool";
  const masquerade = mayOverlap ? [] : engine.pool.map(toMasqueradeRange);
  return [
    firewallStep({ device, masquerade, udpTimeout: file.timers.udp, ownIPv4: file.translator["own-ipv4"], guarded }),
    linkStep(device, Math.max(file.mtu.ipv6, file.mtu.ipv4)),
    ...config.routedPrefixes.map((prefix) => routeStep("-6", prefix, device)),
    ...config.routedIPv4.map((block) => routeStep("-4", block, device, { mayOverlap })),
    ...keepRouterAdvertisements(device),
    forwardingStep("ipv6"),
    forwardingStep("ipv4"),
  ];
}

function toMasqueradeRange(range: DaemonConfig["engine"]["pool"][number]): MasqueradeRange {
  return { address: range.address, tcp: range.tcp ?? UNRESERVED_PORTS, udp: range.udp ?? UNRESERVED_PORTS };
}
