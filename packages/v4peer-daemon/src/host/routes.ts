/** The kernel's IPv4 routes: the uplink, networks in use. */
import { runTool, ToolError } from "@nat64/daemon-kit/host";
import { formatIPv4, parseCidr } from "@nat64/rfc6052";

/** One row of `ip -j route`. */
interface RouteRow {
  readonly type?: string;
  readonly dst: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly prefsrc?: string;
}

/** How packets leave this host. */
export interface Uplink {
  readonly device: string;
  /** The host's own address on it. */
  readonly address: string;
}

/** The way to an IPv4 address. Throws a {@link ToolError} when there is none. */
export function findUplink(to: string): Uplink {
  const [row] = rows("get", to);
  if (row?.dev === undefined || row.prefsrc === undefined) throw new ToolError(`there is no IPv4 route to ${to}`);
  return { device: row.dev, address: row.prefsrc };
}

/** How many /26 there are in 198.18.0.0/15 (RFC 2544), which is routed nowhere. */
const NETWORKS = 2 ** (26 - 15);
const FIRST_NETWORK = (198 << 24) | (18 << 16);

/**
 * A /26 of 198.18.0.0/15 that overlaps no route of this host: an address for each of 64 pairs. From the top down, as
 * others choose from the bottom.
 */
export function findFreeNetwork(): { readonly first: number; readonly text: string } {
  const taken = rows("show", "table", "all")
    .filter(({ dst }) => dst !== "default" && !dst.includes(":"))
    .map(({ dst }) => parseCidr(withLength(dst)))
    .filter(({ length }) => length > 0);
  for (let n = NETWORKS - 1; n >= 0; n--) {
    const first = (FIRST_NETWORK + n * 64) | 0;
    const isTaken = taken.some(({ words, length }) => {
      const mask = -1 << (32 - Math.min(length, 26));
      return ((words[0] ^ first) & mask) === 0;
    });
    if (!isTaken) return { first, text: `${formatIPv4(first)}/26` };
  }
  throw new ToolError(
    "all of 198.18.0.0/15 is already routed, so there are no addresses for pairs; remove one of these routes",
  );
}

function rows(...selectors: readonly string[]): readonly RouteRow[] {
  const [verb, ...rest] = selectors;
  return JSON.parse(runTool("ip", ["-j", "-4", "route", verb, ...rest]).trim() || "[]") as RouteRow[];
}

function withLength(text: string): string {
  return text.includes("/") ? text : `${text}/32`;
}
