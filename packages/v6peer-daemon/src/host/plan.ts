import { leakGuardStep, type Step } from "@nat64/daemon-kit/host";
import type { DaemonConfig } from "../config/resolve.ts";
import { firewallStep, type MasqueradeRange } from "./firewall.ts";
import { forwardingStep, isForwarding, keepRouterAdvertisements } from "./forwarding.ts";
import { linkStep } from "./link.ts";
import { routeStep } from "./route.ts";

/** All Teredo addresses (RFC 4380 §2.6), and the MTU of the path to them (§5.4.1). */
const TEREDO_PREFIX = "2001::/32";
const TEREDO_MTU = 1280;

/** The ports that RFC 6335 does not reserve for services, which are also the engine's default. */
const UNRESERVED_PORTS = [1024, 65_535] as const;

/**
 * All changes that a configuration needs on this host, in order: the firewall is active before anything is forwarded,
 * and interfaces keep accepting router advertisements before forwarding is turned on.
 *
 * @param withoutTimeouts see `firewallStep`
 */
export function planSetup(config: DaemonConfig, device: string, withoutTimeouts: () => void): readonly Step[] {
  const { file, engine } = config;
  const local = file["local-exit"];
  const families = local === undefined ? (["ipv6"] as const) : (["ipv6", "ipv4"] as const);
  const guarded = file.host["forward-others"] ? [] : families.filter((each) => !isForwarding(each));
  const mayOverlap = local?.mode === "pool";
  const masquerade = local?.mode === "masquerade" ? engine.pool.map(toMasqueradeRange) : [];
  // If everything goes through Teredo, the kernel may enforce the MTU: it still accepts super-packets whose segments fit.
  const toPrefix = local === undefined ? { mtu: TEREDO_MTU } : {};
  return [
    firewallStep(
      { device, masquerade, udpTimeout: file.timers.udp, ownIPv4: file.translator["own-ipv4"], guarded },
      withoutTimeouts,
    ),
    ...masquerade.map(({ address }) => leakGuardStep(device, address)),
    linkStep(device, Math.max(file.mtu.ipv6, file.mtu.ipv4)),
    ...config.routedPrefixes.map((prefix) => routeStep("-6", prefix, device, toPrefix)),
    ...config.routedIPv4.map((block) => routeStep("-4", block, device, { mayOverlap })),
    // A relay that serves more than the /80 also carries those hosts' packets to Teredo clients.
    ...(file["peer-exits"]?.serves.length ? [routeStep("-6", TEREDO_PREFIX, device, { mtu: TEREDO_MTU })] : []),
    ...keepRouterAdvertisements(device),
    ...families.map(forwardingStep),
  ];
}

function toMasqueradeRange(range: DaemonConfig["engine"]["pool"][number]): MasqueradeRange {
  return { address: range.address, tcp: range.tcp ?? UNRESERVED_PORTS, udp: range.udp ?? UNRESERVED_PORTS };
}
