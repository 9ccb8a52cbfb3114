import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { payload } from "../src/endpoints/payload.ts";
import { pingPong, startWebServer, tcpConnect, urlOf } from "../src/index.ts";
import { runTool } from "../src/traffic/tools.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const SIZE = 8 * 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(!isRoot).each(["cone", "builtin"] as const)("over the peer path, with relay %s,", (relay) => {
  const path = usePeerPath({ relay });
  beforeAll(async () => void (await startWebServer(path.it.server)));
  const curl = (...args: string[]) =>
    path.it.client.run(["curl", "--silent", "--show-error", "--max-time", "30", ...args]);
  const url = (at: string): string => urlOf(path.it.serverNat64, at);
  const ping = (...args: string[]) =>
    path.it.client.run(["ping", "-n", "-i", "0.1", "-W", "3", ...args, path.it.serverNat64]);

  it("a page is fetched, and the server sees the NAT's public address", async () => {
    expect((await curl(url("/"))).stdout).toContain(`Hello ${path.it.v4peers[0].publicIpv4}!`);
  });

  it("8 MB from the server arrive unchanged", async () => {
    const file = `${path.it.lab.directory}/download`;
    expect(await curl("--fail", "--output", file, url(`/bytes/${SIZE}`))).toMatchObject({ code: 0 });
    expect(sha256(readFileSync(file))).toBe(sha256(payload(SIZE)));
  });

  it("8 MB to the server arrive unchanged", async () => {
    const file = `${path.it.lab.directory}/upload`;
    writeFileSync(file, payload(SIZE));
    const { stdout } = await curl("--fail", "--upload-file", file, url("/sha256"));
    expect(stdout.trim()).toBe(sha256(payload(SIZE)));
  });

  it("eight transfers at once each arrive unchanged", async () => {
    const size = 1024 * 1024;
    const files = Array.from({ length: 8 }, (_, i) => `${path.it.lab.directory}/part-${i}`);
    const all = await Promise.all(files.map((file) => curl("--fail", "--output", file, url(`/bytes/${size}`))));
    expect(all.map(({ code }) => code)).toEqual(files.map(() => 0));
    for (const file of files) expect(sha256(readFileSync(file))).toBe(sha256(payload(size)));
  });

  it.each([0, 1, 7, 56, 1000, 1232])("pings with %i bytes of data are answered", async (size) => {
    expect((await ping("-c", "3", "-s", `${size}`)).stdout).toContain("3 received");
  });

  it.each([1, 2, 3, 7, 8, 15, 64, 511, 1232])("datagrams with %i bytes come back unchanged", async (size) => {
    const { client, server, serverNat64 } = path.it;
    const limits = { size, count: 10 };
    expect(await pingPong(client, server, serverNat64, limits)).toMatchObject({ answered: 10, lost: 0, corrupt: 0 });
  });

  it.each([2000, 4000, 9001])("datagrams of %i bytes come back in fragments, unchanged", async (size) => {
    const { client, server, serverNat64 } = path.it;
    // The first one or two may be lost to path MTU discovery: at the client, then at the server.
    const result = await pingPong(client, server, serverNat64, { size, count: 6 });
    expect(result.answered).toBeGreaterThanOrEqual(4);
    expect(result.corrupt).toBe(0);
  });

  it("large pings come back in fragments", async () => {
    await ping("-c", "2", "-s", "3000");
    expect((await ping("-c", "3", "-s", "3000")).stdout).toContain("3 received");
  });

  it("a closed port is reported as connection refused, for TCP and for UDP", async () => {
    const { client, serverNat64 } = path.it;
    expect(await tcpConnect(client, serverNat64, 81)).toBe("ECONNREFUSED");
    const udp = await runTool<object>(client, "udp-ping", serverNat64, "9", "--count", "2");
    expect(udp).toMatchObject({ answered: 0, refused: 2 });
  });

  it("a reset by the client reaches the server, and one by the server the client", async () => {
    const { client, serverNat64 } = path.it;
    expect(await tcpConnect(client, serverNat64, 80, "reset")).toBe("closed");
    expect((await curl(url("/reset"))).stderr).toMatch(/reset by peer/i);
  });
});
