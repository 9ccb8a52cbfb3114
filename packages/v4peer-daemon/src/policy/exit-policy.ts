/** The exit policy of the owner, in the forms of the protocol, the engine and the firewall. */
import type { ExitPolicyRow } from "@nat64/nat64-engine";
import type { ExitPolicy, Service } from "@nat64/peer-protocol";
import { parseCidr } from "@nat64/rfc6052";
import type { ConfigFile } from "../config/config-file.ts";
import type { LocalService } from "../host/firewall.ts";

type Exit = ConfigFile["exit"];

/** Whether there is anything to forward at all. */
export function hasPolicy({ internet, publish, networks }: Exit): boolean {
  return internet || publish.length + networks.length > 0;
}

/** This host's services. @param address this host's own, where the file names none */
export function localServices({ publish }: Exit, address: string): readonly LocalService[] {
  return publish.map(({ ports, protocol, alias, ...named }) => ({
    address: named.address ?? address,
    ...(alias !== undefined && { alias }),
    protocol,
    firstPort: ports[0],
    lastPort: ports[1],
  }));
}

/** As `accept` tells it to IPv6 peers. */
export function protocolPolicy(exit: Exit, services: readonly LocalService[]): ExitPolicy {
  const own = services.map(({ address, alias, protocol, firstPort, lastPort }): Service => {
    return { network: `${alias ?? address}/32`, protocol, firstPort, lastPort };
  });
  const networks = exit.networks.map(({ network, protocol, ports }): Service => {
    return { network, protocol, firstPort: ports[0], lastPort: ports[1] };
  });
  return { internet: exit.internet, services: [...own, ...networks] };
}

const PROTOCOLS = { tcp: 6, udp: 17 } as const;

/** As rows of the engine. */
export function publishedRows({ services }: ExitPolicy): readonly ExitPolicyRow[] {
  return services.map(({ network, protocol, firstPort, lastPort }) => {
    const { words, length } = parseCidr(network);
    return { network: words[0], length, protocol: PROTOCOLS[protocol], firstPort, lastPort };
  });
}
