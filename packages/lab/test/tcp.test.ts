import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { payload } from "../src/endpoints/payload.ts";
import { bulk, connections, type HostProcess, ours, startWebServer, tcpConnect, urlOf } from "../src/index.ts";
import { useLocal } from "./local-lab.ts";
import { isRoot } from "./root.ts";

const SIZE = 64 * 1024 * 1024;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(!isRoot)("TCP from an IPv6-only client to an IPv4-only server", () => {
  const local = useLocal();
  let web: HostProcess;
  beforeAll(async () => {
    web = await startWebServer(local.it.server);
  });
  const curl = (...args: string[]) =>
    local.it.client.run(["curl", "--silent", "--show-error", "--max-time", "30", ...args]);
  const url = (path: string): string => urlOf(local.it.serverNat64, path);

  it("fetches a page, and the server sees an IPv4 address of the pool", async () => {
    const { code, stdout } = await curl(url("/"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Hello 192\.0\.2\.(6[4-9]|7\d)!/);
  });

  it("carries 64 MB from the server unchanged", async () => {
    const file = `${local.it.lab.directory}/download`;
    expect(await curl("--fail", "--output", file, url(`/bytes/${SIZE}`))).toMatchObject({ code: 0 });
    expect(sha256(readFileSync(file))).toBe(sha256(payload(SIZE)));
  });

  it("carries 64 MB to the server unchanged", async () => {
    const file = `${local.it.lab.directory}/upload`;
    writeFileSync(file, payload(SIZE));
    const { stdout } = await curl("--fail", "--upload-file", file, url("/sha256"));
    expect(stdout.trim()).toBe(sha256(payload(SIZE)));
  });

  it("carries many transfers at once, each unchanged", async () => {
    const size = 4 * 1024 * 1024;
    const files = Array.from({ length: 16 }, (_, i) => `${local.it.lab.directory}/part-${i}`);
    const all = await Promise.all(files.map((file) => curl("--fail", "--output", file, url(`/bytes/${size}`))));
    expect(all.map(({ code }) => code)).toEqual(files.map(() => 0));
    for (const file of files) expect(sha256(readFileSync(file))).toBe(sha256(payload(size)));
  });

  it("reports a closed port as connection refused", async () => {
    expect(await tcpConnect(local.it.client, local.it.serverNat64, 81)).toBe("ECONNREFUSED");
  });

  it("hands a reset by the server to the client", async () => {
    const { code, stderr } = await curl(url("/reset"));
    expect(code).toBe(56);
    expect(stderr).toMatch(/reset by peer/i);
  });

  it("hands a reset by the client to the server", async () => {
    expect(await tcpConnect(local.it.client, local.it.serverNat64, 80, "reset")).toBe("closed");
    await web.waitFor(/connection ended by ECONNRESET/);
  });

  it.each(["up", "down"] as const)("carries super-packets, not single segments (%s)", async (direction) => {
    const { client, server, v6peer, serverNat64 } = local.it;
    const before = await v6peer.counters("nat64");
    const { bytes } = await bulk({ client, server, target: serverNat64, direction, streams: 1, seconds: 1 });
    const after = await v6peer.counters("nat64");
    expect(bytes).toBeGreaterThan(0);
    const packets = after.sentPackets - before.sentPackets;
    const carried = after.sentBytes - before.sentBytes;
    // Data of one direction and ACKs of the other share the counter: without super-packets the mean is under 1,500 bytes.
    expect(carried / packets).toBeGreaterThan(5_000);
  });
});

describe.skipIf(!isRoot)("thousands of short TCP connections from one client, 64 at a time,", () => {
  const [byDefault, uncapped] = [useLocal(), useLocal({ translator: ours({ caps: "none" }) })];
  const connect = async ({ it: { client, server, serverNat64, translator } }: typeof uncapped) => {
    const { perSecond, errors } = await connections(client, server, serverNat64, 64, 2);
    const metrics = await translator.metrics();
    const count = (name: string): number => metrics.get(name) ?? 0;
    const of = (reason: string): number => count(`nat64_dropped_packets_total{reason="${reason}"}`);
    return { perSecond, errors, dropped: of("cap-new-sessions") + of("cap-sessions") + of("sessions-full") };
  };

  it.each([
    ["v6peerd's default caps", byDefault],
    ["no caps", uncapped],
  ])("are all made with %s", async (_, world) => {
    const { perSecond, errors, dropped } = await connect(world);
    expect({ errors, dropped }).toEqual({ errors: 0, dropped: 0 });
    expect(perSecond).toBeGreaterThan(0);
  });
});
