/** The addresses and routes of this host, from `ip -j`. */
import { runTool } from "@nat64/daemon-kit/host";
import { type Route, readRoutes } from "@nat64/v6peer-daemon/check";

/** An address of an interface. */
export interface OwnAddress {
  readonly device: string;
  readonly address: string;
  /** Length of its subnet. */
  readonly length: number;
}

/** The input of the proposals. */
export interface HostFacts {
  readonly addresses: readonly OwnAddress[];
  readonly ipv6Routes: readonly Route[];
  readonly ipv4Routes: readonly Route[];
}

interface LinkJson {
  readonly ifname?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly scope?: string }[];
}

/** Reads the facts. A host without `ip` has none, and gets no proposals. */
export function readHostFacts(): HostFacts {
  try {
    const links = JSON.parse(runTool("ip", ["-j", "address", "show"])) as readonly LinkJson[];
    return { addresses: links.flatMap(addressesOf), ipv6Routes: readRoutes("-6"), ipv4Routes: readRoutes("-4") };
  } catch {
    return { addresses: [], ipv6Routes: [], ipv4Routes: [] };
  }
}

function addressesOf({ ifname, addr_info: infos = [] }: LinkJson): readonly OwnAddress[] {
  return infos.flatMap(({ local, prefixlen, scope }) => {
    if (ifname === undefined || local === undefined || prefixlen === undefined || scope !== "global") return [];
    return [{ device: ifname, address: local, length: prefixlen }];
  });
}
