/** `GET /prefixes`: the shared prefixes as JSON. */
import { type HttpAnswer, text } from "@nat64/daemon-kit/metrics";
import type { Coordinator } from "../machine/index.ts";
import { isCanonicalPool } from "./canonical-pool.ts";

/** Prefixes per page. */
const PAGE = 256;

/** The answer to a URL. */
export function servePrefixes(machine: Pick<Coordinator, "prefixes">, { pathname, searchParams }: URL): HttpAnswer {
  if (pathname !== "/prefixes") return text(404, "There is only /prefixes, with ?after=PREFIX for the next page.");
  const after = searchParams.get("after") ?? undefined;
  if (after !== undefined && !isCanonicalPool(after)) {
    return text(400, 'after: expected the "next" of an earlier answer, such as 2001:db8:64::/80.');
  }
  return {
    status: 200,
    type: "application/json",
    body: `${JSON.stringify(machine.prefixes(after, PAGE))}\n`,
    // Public, the same for everyone, and at most this old.
    headers: { "access-control-allow-origin": "*", "cache-control": "public, max-age=15" },
  };
}
