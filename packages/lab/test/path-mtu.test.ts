import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { payload } from "../src/endpoints/payload.ts";
import { type Host, pingPong, startWebServer, urlOf } from "../src/index.ts";
import { useLocal } from "./local-lab.ts";
import { isRoot } from "./root.ts";

/** The path MTU that a host has learned towards an address; `undefined` when it has not. */
async function learnedMtu(host: Host, address: string): Promise<number | undefined> {
  const mtu = /\bmtu (\d+)/.exec(await host.ip(`route get ${address}`))?.[1];
  return mtu === undefined ? undefined : Number(mtu);
}

const SIZE = 2_000_000;

describe.skipIf(!isRoot).each([1400, 1280])("path MTU discovery with a link of MTU %i on the IPv4 side", (mtu) => {
  const local = useLocal({ routers: true, ipv4Mtu: mtu });
  beforeAll(async () => {
    await startWebServer(local.it.server);
  });

  it("tells the client, in a Packet Too Big, the MTU that fits after translation", async () => {
    const { client, serverNat64 } = local.it;
    const ping = () => client.run(["ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1452", serverNat64]);
    await expect.poll(async () => [await ping(), await learnedMtu(client, serverNat64)][1]).toBe(mtu + 20);
  });

  it("lets an upload through", async () => {
    const file = `${local.it.lab.directory}/upload`;
    writeFileSync(file, payload(SIZE));
    const argv = ["curl", "-sS", "--fail", "--max-time", "20", "-T", file, urlOf(local.it.serverNat64, "/sha256")];
    expect((await local.it.client.run(argv)).code).toBe(0);
  });
});

describe.skipIf(!isRoot).each([1400, 1280])("path MTU discovery with a link of MTU %i on the IPv6 side", (mtu) => {
  const local = useLocal({ routers: true, ipv6Mtu: mtu });
  beforeAll(async () => {
    await startWebServer(local.it.server);
  });

  it("lets a download through, because a Fragmentation Needed tells the server what fits after translation", async () => {
    const { client, server, serverNat64 } = local.it;
    const url = urlOf(serverNat64, `/bytes/${SIZE}`);
    const page = await client.run(["curl", "-sS", "--fail", "--max-time", "20", "-o", "/dev/null", url]);
    expect(page.code).toBe(0);
    const source = (await client.must(["curl", "-sS", urlOf(serverNat64)])).match(/Hello ([\d.]+)!/)?.[1];
    expect(await learnedMtu(server, String(source))).toBe(mtu - 20);
  });

  it("returns large datagrams in fragments once the path MTU is known", async () => {
    const { client, server, serverNat64 } = local.it;
    const result = await pingPong(client, server, serverNat64, { size: 4000, count: 5 });
    expect(result.answered).toBeGreaterThanOrEqual(3);
    expect(result.corrupt).toBe(0);
  });
});
