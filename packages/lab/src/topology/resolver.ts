import type { Host } from "../netns/host.ts";
import type { PeerTopology } from "./peer.ts";
import { attach } from "./spokes.ts";

/** A host for a DNS server that clients query. Like them, it has only IPv6. */
export interface ResolverHost {
  readonly host: Host;
  readonly ipv6: string;
}

/** Adds it to a topology. */
export async function addResolver({ lab, plan, r6 }: PeerTopology): Promise<ResolverHost> {
  const host = await lab.host("resolver");
  const { subnet } = plan.resolver;
  await attach(lab, { host, router: r6, ipv6: subnet });
  await lab.ready();
  return { host, ipv6: `${subnet}2` };
}
