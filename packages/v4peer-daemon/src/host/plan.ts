/**
 * All changes to this host, in their order: the guard is there before anything is forwarded. Addresses and routes go with
 * the TUN device.
 */
import {
  leakGuardStep,
  readSysctl,
  runTool,
  type Step,
  sysctlStep,
  trySysctl,
  type Undo,
  undoLeakGuard,
  undoNftTable,
  undoSysctl,
  writeSysctlIfThere,
} from "@nat64/daemon-kit/host";
import { type FirewallPlan, firewallStep } from "./firewall.ts";

/** MTU of the TUN device: IPv4 packets of this size become IPv6 packets of 1280 bytes, the most that Teredo carries. */
const TUN_MTU = 1260;

/** What the set-up is made from. */
export interface HostPlan extends Omit<FirewallPlan, "guarded"> {
  /** The network of the pairs' local addresses. */
  readonly network: string;
}

/** How each kind of step is undone. */
export const UNDO: Readonly<Record<string, Undo>> = {
  "leak-guard": undoLeakGuard,
  "nft-table": undoNftTable,
  sysctl: undoSysctl,
};

/** @param withoutTimeouts see `firewallStep` */
export function planSetup(plan: HostPlan, withoutTimeouts: () => void): readonly Step[] {
  const guarded = plan.uplinkDevices.filter((device) => readSysctl(forwardingOf(device)) !== "1");
  return [
    firewallStep({ ...plan, guarded }, withoutTimeouts),
    leakGuardStep(plan.device, plan.network),
    linkStep(plan),
    // The switches of these devices alone: with the one for all, every interface would begin to forward.
    ...guarded.map((device) => sysctlStep(forwardingOf(device), "1")),
  ];
}

function linkStep({ device, network }: HostPlan): Step {
  return {
    kind: "link",
    what: `bring ${device} up and route ${network} into it`,
    inspect: () => device,
    apply: () => bringUp(device, network),
    isIntact: () => isUp(device, network),
    mend: () => bringUp(device, network),
  };
}

function bringUp(device: string, network: string): void {
  trySysctl(`net/ipv6/conf/${device}/disable_ipv6`, "1");
  writeSysctlIfThere(`net/ipv4/conf/${device}/rp_filter`, "0");
  writeSysctlIfThere(forwardingOf(device), "1");
  runTool("ip", ["link", "set", "dev", device, "multicast", "off", "mtu", String(TUN_MTU), "up"]);
  runTool("ip", ["-4", "route", "replace", network, "dev", device, "scope", "link"]);
}

/** One row of `ip -j link`. */
interface LinkRow {
  readonly flags: readonly string[];
  readonly mtu: number;
}

function isUp(device: string, network: string): boolean {
  const [link] = JSON.parse(runTool("ip", ["-j", "link", "show", "dev", device])) as readonly LinkRow[];
  const isRouted = runTool("ip", ["-4", "route", "show", "exact", network, "dev", device]).trim() !== "";
  const forwards = readSysctl(forwardingOf(device)) === "1" && readSysctl(`net/ipv4/conf/${device}/rp_filter`) === "0";
  return isRouted && forwards && link.flags.includes("UP") && link.mtu === TUN_MTU;
}

function forwardingOf(device: string): string {
  return `net/ipv4/conf/${device}/forwarding`;
}
