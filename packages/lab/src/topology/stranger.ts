import type { Host } from "../netns/host.ts";
import type { PeerTopology } from "./peer.ts";
import { attach } from "./spokes.ts";

/** An independent host on both internets, for attacks by strangers. */
export interface Stranger {
  readonly host: Host;
  readonly ipv4: readonly [string, string];
  readonly ipv6: string;
}

/** Adds it to a topology. */
export async function addStranger({ lab, plan, r4, r6 }: PeerTopology): Promise<Stranger> {
  const host = await lab.host("stranger");
  const { ipv4, subnet } = plan.stranger;
  await attach(lab, { host, router: r6, ipv6: subnet });
  await attach(lab, { host, router: r4, ipv4, gateway: `${plan.backbone}1` });
  await lab.ready();
  return { host, ipv4, ipv6: `${subnet}2` };
}
