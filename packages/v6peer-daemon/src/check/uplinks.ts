/** Where packets leave this host. */
import { z } from "zod";
import { showRoutesJson } from "../host/show-routes.ts";

/** A route as `ip -j route` shows it, as far as it is looked at. */
export interface Route {
  /** "default", an address or a block. */
  readonly dst: string;
  readonly dev?: string | undefined;
  readonly gateway?: string | undefined;
  readonly protocol?: string | undefined;
  /** Left out for an ordinary one; "unreachable", "blackhole" and so on. */
  readonly type?: string | undefined;
  readonly metric?: number | undefined;
  /** Of a multipath route. */
  readonly nexthops?:
    | readonly { readonly gateway?: string | undefined; readonly dev?: string | undefined }[]
    | undefined;
}

const routesSchema: z.ZodType<Route[]> = z.array(
  z.object({
    dst: z.string(),
    dev: z.string().optional(),
    gateway: z.string().optional(),
    protocol: z.string().optional(),
    type: z.string().optional(),
    metric: z.number().optional(),
    nexthops: z.array(z.object({ gateway: z.string().optional(), dev: z.string().optional() })).optional(),
  }),
);

/** The routes of a family, or those that the selectors of `ip route show` pick. Throws a `ToolError`. */
export function readRoutes(family: "-4" | "-6", ...selectors: readonly string[]): Route[] {
  return routesSchema.parse(showRoutesJson(family, ...selectors));
}

/** The interfaces of the default routes; left out where a family has none. */
export interface Uplinks {
  readonly ipv6?: string;
  readonly ipv4?: string;
}

/** Reads them from the routes. A host whose routes cannot be read has none. */
export function findUplinks(): Uplinks {
  const [ipv6, ipv4] = [uplink("-6"), uplink("-4")];
  return { ...(ipv6 !== undefined && { ipv6 }), ...(ipv4 !== undefined && { ipv4 }) };
}

function uplink(family: "-4" | "-6"): string | undefined {
  try {
    const [best] = readRoutes(family, "default").sort((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
    return best?.dev ?? best?.nexthops?.[0]?.dev;
  } catch {
    return undefined;
  }
}
