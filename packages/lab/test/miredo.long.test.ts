import { describe, expect, it } from "vitest";
import { type MiredoRelayMode, startMiredoClient, startMiredoRelay, startMiredoServer } from "../src/index.ts";
import { usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const COMBINATIONS = (["none", "full-cone", "port-restricted", "unguarded", "symmetric"] as const).flatMap((nat) =>
  (["cone", "restricted"] as const).map((mode): [typeof nat, MiredoRelayMode] => [nat, mode]),
);

describe.skipIf(!isRoot).each(COMBINATIONS)("a Miredo client behind a NAT of kind %s", (nat, mode) => {
  const peer = usePeerHosts({ nats: [nat] });

  it(`is reached by an IPv6 host through a Miredo relay in mode ${mode}`, async () => {
    const { lab, client, relay, relayIpv4, coordinator, coordinatorIpv4, v4peers } = peer.it;
    await startMiredoServer(lab, coordinator, coordinatorIpv4[0]);
    await startMiredoRelay(lab, relay!, relayIpv4, mode);
    const { address } = await startMiredoClient(lab, v4peers[0].host, coordinatorIpv4, v4peers[0].udpPort);
    const { stdout } = await client.run(["ping", "-n", "-c", "3", "-i", "0.2", "-W", "5", address]);
    expect(stdout).toContain("3 received");
  });
});
