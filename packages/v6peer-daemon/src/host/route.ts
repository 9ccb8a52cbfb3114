/** Routes into the TUN device. */
import { type Found, runTool, type Step, ToolError } from "@nat64/daemon-kit/host";
import { GATEWAY } from "./link.ts";
import { showRoutes } from "./show-routes.ts";

/** State for the undo: the arguments of `ip route del`. */
export type RouteFound = { readonly family: "-4" | "-6"; readonly route: readonly string[] };

/** Options of a route. */
export interface RouteOptions {
  /**
   * Whether the prefix may overlap other routes except the default route. A routed pool is often a part of a network that
   * is on-link here. Addresses chosen by v6peerd itself must not cover any other route. Default true.
   */
  readonly mayOverlap?: boolean;
  /** Locked MTU of the route in bytes; the device's MTU if left out. */
  readonly mtu?: number;
}

/**
 * Routes a prefix into the device. IPv6 routes have a gateway: with `dev` alone, each destination would create a
 * neighbour entry in the kernel, and anyone could fill that table.
 */
export function routeStep(
  family: "-4" | "-6",
  prefix: string,
  device: string,
  { mayOverlap = true, mtu }: RouteOptions = {},
): Step {
  const size = mtu === undefined ? [] : ["mtu", "lock", String(mtu)];
  const route =
    family === "-6" ? [prefix, "via", GATEWAY, "dev", device, "onlink"] : [prefix, "dev", device, "scope", "link"];
  let put: string | undefined;
  return {
    kind: "route",
    what: `route ${prefix} into ${device}`,
    inspect: (): RouteFound => {
      refuseTakenRoute(family, prefix);
      if (!mayOverlap) refuseOverlap(family, prefix);
      if (family === "-4") refuseOwnAddress(prefix);
      return { family, route: [prefix, "dev", device] };
    },
    apply: () => {
      runTool("ip", [family, "route", "add", ...route, ...size]);
      put = showRoutes(family, "exact", prefix);
    },
    isIntact: () => put !== undefined && showRoutes(family, "exact", prefix) === put,
    mend: () => {
      const isOurs = showRoutes(family, "exact", prefix, "dev", device).trim() !== "";
      if (isOurs) runTool("ip", [family, "route", "del", prefix, "dev", device]);
      else refuseTakenRoute(family, prefix);
      runTool("ip", [family, "route", "add", ...route, ...size]);
    },
  };
}

/** Removes the route. It may already have disappeared with the device. */
export function undoRoute(found: Found): void {
  const { family, route } = found as RouteFound;
  try {
    runTool("ip", [family, "route", "del", ...route]);
  } catch (error) {
    if (!(error instanceof ToolError && /No such process|Cannot find device/.test(error.message))) throw error;
  }
}

function refuseTakenRoute(family: "-4" | "-6", prefix: string): void {
  const taken = showRoutes(family, "exact", prefix).trim();
  if (taken === "") return;
  throw new ToolError(
    `${prefix} is already routed elsewhere (${taken.split("\n")[0].trim()}); remove that route first`,
  );
}

function refuseOverlap(family: "-4" | "-6", prefix: string): void {
  const overlapping = ["root", "match"]
    .flatMap((how) => showRoutes(family, how, prefix).split("\n"))
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("default"));
  if (overlapping === undefined) return;
  throw new ToolError(`${prefix} overlaps another route of this host (${overlapping}); choose another local-exit.pool`);
}

/** The kernel delivers packets to its own addresses locally, so they would never reach the route. */
function refuseOwnAddress(block: string): void {
  const own = showRoutes("-4", "table", "local", "type", "local", "root", block).trim();
  if (own === "") return;
  const address = own
    .split("\n")[0]
    .replace(/^local /, "")
    .trim();
  throw new ToolError(
    `${block} contains an address of this host (${address}); to share that one, use mode "masquerade"`,
  );
}
