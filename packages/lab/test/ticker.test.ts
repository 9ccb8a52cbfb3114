import { describe, expect, it } from "vitest";
import { changeMapping, startEchoServer, Ticker } from "../src/index.ts";
import { usePeerHosts } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

describe.skipIf(!isRoot)("a connection that is always in use", () => {
  const peer = usePeerHosts();

  it("goes on while the NAT's UDP mappings change, and says how it ended", async () => {
    const { v4peers, server, serverIpv4 } = peer.it;
    const echo = await startEchoServer(server);
    const ticker = await Ticker.start(v4peers[0].host, serverIpv4);
    await changeMapping(v4peers[0].home!.natOptions, "50000-50999");
    await ticker.goesOn();
    expect(ticker.ended).toBeUndefined();
    await echo.stop();
    expect(await ticker.end()).toMatch(/closed|ECONNRESET/);
  });
});
