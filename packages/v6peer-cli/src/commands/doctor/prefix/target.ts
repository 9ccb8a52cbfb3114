/** The target of the test packets, and the route to it. */
import { lookup } from "node:dns/promises";
import { runTool } from "@nat64/daemon-kit/host";
import type { DaemonConfig } from "@nat64/v6peer-daemon/config";
import { z } from "zod";

/** k.root-servers.net: anycast, and open to everyone. */
const ROOT_SERVER = "2001:7fd::1";

/** A host that may answer. */
export interface Target {
  readonly address: string;
  /** A TCP port that is open, if one is known. */
  readonly tcpPort?: number;
}

/** The named host, or the coordinator, or a root name server. */
export async function chooseTarget(named: string | undefined, { file }: DaemonConfig): Promise<Target> {
  if (named !== undefined) return { address: named };
  const { coordinator } = file;
  if (coordinator === undefined) return { address: ROOT_SERVER };
  try {
    const { address } = await lookup(coordinator.host, { family: 6 });
    return { address, tcpPort: coordinator.port };
  } catch {
    return { address: ROOT_SERVER };
  }
}

const routeSchema = z.array(
  z.object({ dev: z.string(), gateway: z.string().optional(), prefsrc: z.string().optional() }),
);

/** The route to an address. */
export interface Route {
  readonly device: string;
  readonly gateway?: string | undefined;
  /** This host's source address for it. */
  readonly own?: string | undefined;
}

/** Looks up the route in the kernel. Throws a `ToolError` if there is none. */
export function findRoute(address: string): Route {
  const [route] = routeSchema.parse(JSON.parse(runTool("ip", ["-j", "-6", "route", "get", address])));
  return { device: route.dev, gateway: route.gateway, own: route.prefsrc };
}
