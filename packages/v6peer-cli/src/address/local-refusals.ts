/** What the local exit of an IPv6 peer refuses (`[local-exit.policy]`), for people. Pure. */
import { cidrContains, parseBlock } from "@nat64/rfc6052";

/** The policy of a local exit. */
export interface LocalRefusals {
  /** IPv4 networks: of the file, of the host, and of clouds. */
  readonly networks: readonly string[];
  readonly tcp: readonly (readonly [number, number])[];
  readonly udp: readonly (readonly [number, number])[];
  /** Whether IPv4 peers are exits, too: what the local exit refuses they may reach. */
  readonly hasPeerExits: boolean;
}

/** Why the local exit refuses an IPv4 address; `undefined` if it does not. */
export function refusalOfLocalExit({ networks, hasPeerExits }: LocalRefusals, ipv4: string): string | undefined {
  const network = networks.find((each) => cidrContains(parseBlock(each), parseBlock(ipv4)));
  if (network === undefined) return undefined;
  const others = hasPeerExits ? " An exit through an IPv4 peer may reach it." : "";
  return `the policy of the local exit refuses ${network}.${others}`;
}

/** The ports that the local exit refuses at every address: `TCP 25, 139, 445; UDP 19`; `undefined` if there are none. */
export function refusedPorts({ tcp, udp }: LocalRefusals): string | undefined {
  const parts = [textOf("TCP", tcp), textOf("UDP", udp)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join("; ");
}

function textOf(protocol: string, ranges: LocalRefusals["tcp"]): string | undefined {
  if (ranges.length === 0) return undefined;
  return `${protocol} ${ranges.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ")}`;
}
