/** IPv4 networks of this host that no client of an exit may reach, from the kernel's routes. */
import { runTool, ToolError } from "../host/tool.ts";

/** One row of `ip -j route`. */
interface RouteRow {
  readonly type?: string;
  readonly dst: string;
  readonly dev?: string;
  readonly gateway?: string;
  /** Of a multipath route. */
  readonly nexthops?: readonly { readonly gateway?: string }[];
}

/** Which networks count. */
export interface HostNetworkOptions {
  /** Our own TUN device: its networks are not this host's. */
  readonly except: string;
  /** Whether networks that are on-link count: they may be a home network (design §3). */
  readonly onLink: boolean;
  /** Whether the default routers count. Those of the main table do. */
  readonly routers: boolean;
}

/** Networks as `address/length`, sorted. */
export interface HostNetworks {
  /** This host's own addresses. */
  readonly own: readonly string[];
  /** On-link networks and routers, as far as they count. */
  readonly others: readonly string[];
}

/** Reads the networks. Throws a `ToolError`. */
export function hostNetworks({ except, onLink, routers }: HostNetworkOptions): HostNetworks {
  const main = rows("table", "main").filter(({ dev }) => dev !== except);
  const own = rows("table", "local", "type", "local")
    .filter(({ dev }) => dev !== except)
    .map(({ dst }) => dst);
  const linked = main
    .filter(({ type, dst, gateway, nexthops }) => {
      return gateway === undefined && nexthops === undefined && type === undefined && dst !== "default";
    })
    .map(({ dst }) => dst);
  const gateways = main
    .filter(({ dst }) => dst === "default")
    .flatMap(({ gateway, nexthops = [] }) => [gateway, ...nexthops.map((each) => each.gateway)])
    .filter((each) => each !== undefined);
  return { own: textsOf(own), others: textsOf([...(onLink ? linked : []), ...(routers ? gateways : [])]) };
}

/** IPv4 only: a router may have an IPv6 address (RFC 5549). */
function textsOf(all: readonly string[]): readonly string[] {
  return [...new Set(all.filter((each) => !each.includes(":")).map(withLength))].sort();
}

function rows(...selectors: readonly string[]): readonly RouteRow[] {
  try {
    return JSON.parse(runTool("ip", ["-j", "-4", "route", "show", ...selectors]).trim() || "[]") as RouteRow[];
  } catch (error) {
    // The kernel makes a table with its first route.
    if (error instanceof ToolError && error.message.includes("FIB table does not exist")) return [];
    throw error;
  }
}

function withLength(text: string): string {
  return text.includes("/") ? text : `${text}/32`;
}
