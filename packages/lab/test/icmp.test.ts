import { describe, expect, it } from "vitest";
import type { Host } from "../src/index.ts";
import { useLocal } from "./local-lab.ts";
import { isRoot } from "./root.ts";

const ping = (host: Host, ...args: string[]) => host.run(["ping", "-n", "-i", "0.1", "-W", "3", ...args]);

describe.skipIf(!isRoot)("ICMP echo from an IPv6-only client to an IPv4-only server", () => {
  const local = useLocal();

  it.each([0, 1, 7, 56, 1000, 1452])("is answered with %i bytes of data", async (size) => {
    const { code, stdout } = await ping(local.it.client, "-c", "3", "-s", `${size}`, local.it.serverNat64);
    expect(stdout).toContain("3 received");
    expect(code).toBe(0);
  });

  it.each([2000, 3000, 20_000])("is answered with %i bytes of data, in fragments both ways", async (size) => {
    const { code, stdout } = await ping(local.it.client, "-c", "3", "-s", `${size}`, local.it.serverNat64);
    expect(stdout).toContain("3 received");
    expect(code).toBe(0);
  });

  it("is answered by the IPv6 peer itself at P:ffff::1", async () => {
    expect((await ping(local.it.client, "-c", "2", `${local.it.plan.nat64}ffff:0:1`)).code).toBe(0);
  });

  it("to an IPv4 address without a route is answered with a destination unreachable", async () => {
    await local.it.server.forward();
    await local.it.server.ip("route del default");
    const { stdout } = await ping(local.it.client, "-c", "1", `${local.it.plan.nat64}203.0.113.9`);
    expect(stdout).toMatch(/Destination unreachable: No route/);
  });
});
