/**
 * Turns forwarding on for both families, and keeps the uplink.
 *
 * Both switches reach further than their names say. `ipv6/conf/all/forwarding` sets every interface's own switch and
 * makes each a router's: it stops listening to router advertisements, and the kernel at once forgets the default route
 * that it learnt from one — unless `accept_ra` is 2 before. `ipv4/ip_forward` sets every interface's own switch and
 * resets `accept_redirects`. So all of these are recorded and put back one by one.
 */

import {
  configuredInterfaces,
  type Found,
  readSysctl,
  type Step,
  sysctlStep,
  writeSysctl,
} from "@nat64/daemon-kit/host";

/** Listen to router advertisements even while forwarding (Linux, ip-sysctl). */
const ACCEPT_RA_ALWAYS = "2";
const ACCEPT_RA_AS_HOST = "1";

/** Steps for every interface but `device` that listens to router advertisements as a host: has to come before {@link forwardingStep}. */
export function keepRouterAdvertisements(device: string): readonly Step[] {
  return configuredInterfaces("ipv6")
    .filter((name) => name !== device)
    .map((name) => `net/ipv6/conf/${name}/accept_ra`)
    .filter((path) => readSysctl(path) === ACCEPT_RA_AS_HOST)
    .map((path) => sysctlStep(path, ACCEPT_RA_ALWAYS));
}

/** What undoing needs: the switch, and all that it changes besides. */
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
  };
}

/** Turns forwarding off again, if it was off, and puts back what the switch changed besides. */
export function undoForwarding(found: Found): void {
  const { family, before } = found as ForwardingFound;
  if (Object.keys(before).length === 0) return;
  const failures: unknown[] = [];
  for (const [path, value] of [[SWITCH[family], "0"], ...Object.entries(before)]) {
    const now = readSysctl(path);
    try {
      if (now !== undefined && now !== value) writeSysctl(path, value);
    } catch (error) {
      failures.push(error); // one that will not go must not keep the others
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
