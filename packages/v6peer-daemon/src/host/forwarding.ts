/**
 * Turns forwarding on for both families without losing the uplink.
 *
 * Both sysctls have side effects. `ipv6/conf/all/forwarding` also sets every interface's own sysctl. The interfaces then
 * ignore router advertisements, and the kernel immediately removes default routes learnt from them, unless `accept_ra` was
 * set to 2 before. `ipv4/ip_forward` also sets every interface's own sysctl and resets `accept_redirects`. So all of these
 * are recorded and restored one by one.
 */

import {
  configuredInterfaces,
  type Found,
  readSysctl,
  type Step,
  sysctlStep,
  writeSysctl,
} from "@nat64/daemon-kit/host";

/** Accept router advertisements even while forwarding (Linux, ip-sysctl). */
const ACCEPT_RA_ALWAYS = "2";
const ACCEPT_RA_AS_HOST = "1";

/**
 * Steps for every interface except `device` that accepts router advertisements as a host. They must precede {@link forwardingStep}. A
 * host that forwards already has ignored them so far, and goes on.
 */
export function keepRouterAdvertisements(device: string): readonly Step[] {
  if (isForwarding("ipv6")) return [];
  return configuredInterfaces("ipv6")
    .filter((name) => name !== device)
    .map((name) => `net/ipv6/conf/${name}/accept_ra`)
    .filter((path) => readSysctl(path) === ACCEPT_RA_AS_HOST)
    .map((path) => sysctlStep(path, ACCEPT_RA_ALWAYS));
}

/** State for the undo: the family, and the previous values of all sysctls that change. */
export type ForwardingFound = {
  readonly family: "ipv4" | "ipv6";
  readonly before: { readonly [path: string]: string };
};

const SWITCH = { ipv4: "net/ipv4/ip_forward", ipv6: "net/ipv6/conf/all/forwarding" } as const;

/** Whether this host forwards packets of a family. */
export function isForwarding(family: "ipv4" | "ipv6"): boolean {
  return readSysctl(SWITCH[family]) === "1";
}

/** Turns forwarding on for one family. */
export function forwardingStep(family: "ipv4" | "ipv6"): Step {
  return {
    kind: "forwarding",
    what: `turn ${family} forwarding on`,
    inspect: (): ForwardingFound => ({ family, before: isForwarding(family) ? {} : snapshot(family) }),
    apply: () => {
      if (!isForwarding(family)) writeSysctl(SWITCH[family], "1");
    },
    isIntact: () => isForwarding(family),
    mend: () => writeSysctl(SWITCH[family], "1"),
  };
}

/** Turns forwarding off again if it was off, and restores the other sysctls that turning it on changed. */
export function undoForwarding(found: Found): void {
  const { family, before } = found as ForwardingFound;
  if (Object.keys(before).length === 0) return;
  const failures: unknown[] = [];
  for (const [path, value] of [[SWITCH[family], "0"], ...Object.entries(before)]) {
    const now = readSysctl(path);
    try {
      if (now !== undefined && now !== value) writeSysctl(path, value);
    } catch (error) {
      failures.push(error); // restore the others even if one fails
    }
  }
  if (failures.length > 0) throw failures[0];
}

function snapshot(family: "ipv4" | "ipv6"): { readonly [path: string]: string } {
  const paths = configuredInterfaces(family).map((name) => `net/${family}/conf/${name}/forwarding`);
  if (family === "ipv4") {
    paths.push("net/ipv4/conf/all/accept_redirects", "net/ipv4/conf/default/accept_redirects");
    paths.push(...configuredInterfaces(family).map((name) => `net/ipv4/conf/${name}/accept_redirects`));
  }
  return Object.fromEntries(
    paths.flatMap((path) => {
      const value = readSysctl(path);
      return value === undefined ? [] : [[path, value]];
    }),
  );
}
