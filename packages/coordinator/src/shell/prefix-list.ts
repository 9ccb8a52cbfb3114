/** `GET /prefixes`: the shared prefixes as JSON, for whoever wants to use or to check them. */

import { type HttpAnswer, text } from "@nat64/daemon-kit/metrics";
import type { Coordinator } from "../machine/index.ts";
import { isCanonicalPool } from "./canonical-pool.ts";

/** Prefixes on one page. */
const PAGE = 256;

/** The answer to a URL. */
export function servePrefixes(machine: Pick<Coordinator, "prefixes">, { pathname, searchParams }: URL): HttpAnswer {
  if (pathname !== "/prefixes") return text(404, "Here is /prefixes only, with ?after=PREFIX for the next page.");
  const after = searchParams.get("after") ?? undefined;
  if (after !== undefined && !isCanonicalPool(after)) {
    return text(400, 'after: expected the "next" of an earlier answer, such as 2001:db8:64::/80.');
  }
  return {
    status: 200,
    type: "application/json",
    body: `${JSON.stringify(machine.prefixes(after, PAGE))}\n`,
    // Public, the same for everybody, and as old as that at most.
    headers: { "access-control-allow-origin": "*", "cache-control": "public, max-age=15" },
  };
}
