/** Routes into the TUN device. */
import { GATEWAY } from "./link.ts";
import type { Found, Step } from "./step.ts";
import { runTool, ToolError } from "./tool.ts";

/** What undoing needs: the arguments of `ip route del`. */
export type RouteFound = { readonly family: "-4" | "-6"; readonly route: readonly string[] };

/**
 * Routes a prefix into the device. For IPv6 with a gateway, not bare `dev`: otherwise each destination makes a
 * neighbour entry in the kernel, and anyone can fill that table.
 */
export function routeStep(family: "-4" | "-6", prefix: string, device: string): Step {
  const route =
    family === "-6" ? [prefix, "via", GATEWAY, "dev", device, "onlink"] : [prefix, "dev", device, "scope", "link"];
  return {
    kind: "route",
    what: `route ${prefix} into ${device}`,
    inspect: (): RouteFound => {
      refuseTakenRoute(family, prefix);
      return { family, route: [prefix, "dev", device] };
    },
    apply: () => {
      runTool("ip", [family, "route", "add", ...route]);
    },
  };
}

/** Removes the route; it may have gone with the device already. */
export function undoRoute(found: Found): void {
  const { family, route } = found as RouteFound;
  try {
    runTool("ip", [family, "route", "del", ...route]);
  } catch (error) {
    if (!(error instanceof ToolError && /No such process|Cannot find device/.test(error.message))) throw error;
  }
}

function refuseTakenRoute(family: "-4" | "-6", prefix: string): void {
  const taken = runTool("ip", [family, "route", "show", "exact", prefix]).trim();
  if (taken === "") return;
  throw new ToolError(
    `${prefix} is routed elsewhere already (${taken.split("\n")[0].trim()}); remove that route first`,
  );
}
