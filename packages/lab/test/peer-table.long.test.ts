import { describe, expect, it } from "vitest";
import { exitsOf, oursOver, startPeer, startWebServer, urlOf } from "../src/index.ts";
import { isRoot } from "./root.ts";

const RELAYS = ["cone", "restricted", "builtin"] as const;
const NATS = ["none", "full-cone", "port-restricted", "unguarded", "symmetric"] as const;

describe.skipIf(!isRoot).each(RELAYS)("with relay %s", (relay) => {
  it.each(NATS)(
    "an IPv6-only client reaches an IPv4-only server through an IPv4 peer behind a NAT of kind %s",
    async (nat) => {
      const path = await startPeer(oursOver({ relay }), { nats: [nat] });
      try {
        const { client, server, serverNat64, v6peers, v4peers, translator } = path;
        await startWebServer(server);
        const { stdout } = await client.run(["curl", "-sS", "--max-time", "10", urlOf(serverNat64)]);
        expect(stdout).toContain(`Hello ${v4peers[0].publicIpv4}!`);
        const ping = await client.run(["ping", "-n", "-c", "3", "-i", "0.1", "-W", "5", serverNat64]);
        expect(ping.stdout).toContain("3 received");
        expect(await exitsOf(translator.v6peers[0])).toMatchObject([{ state: "up", internet: true }]);
        if (relay !== "builtin") expect(await v6peers[0].host.ip("-4 -brief address show scope global")).toBe("");
      } finally {
        path.lab.down();
      }
    },
  );
});
