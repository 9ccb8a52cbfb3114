import type { IPv6Prefix } from "../network/addresses.ts";
import type { BothWaysOptions } from "../network/link-options.ts";
import type { Network } from "../network/network.ts";
import type { Host } from "./host.ts";

/** How a host is made. */
export interface HostOptions {
  /** Its IPv4 addresses, int32 words. It sends from the first unless told otherwise. */
  readonly ipv4?: readonly number[];
  /** Its IPv6 addresses, each with the length of the prefix that is routed to it. Streams go out from the first. */
  readonly ipv6?: readonly IPv6Prefix[];
  /** Where it is; default the internet. */
  readonly network?: Network;
  /** Its link to there. */
  readonly link?: BothWaysOptions;
  /** What runs on it: called when the simulation goes on, and again at each restart. */
  readonly start?: (host: Host) => void;
}
