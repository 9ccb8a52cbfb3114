import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Host, none, type OursOptions, ours, type RunningOurs, startWebServer, urlOf } from "../src/index.ts";
import { V6PEERD } from "../src/programs/v6peer.ts";
import { useLocal, useTopology } from "./local-lab.ts";
import { isRoot } from "./root.ts";

const SETTINGS = ["ipv4/ip_forward", "ipv6/conf/*/forwarding", "ipv6/conf/*/accept_ra", "ipv4/conf/*/forwarding"];

/** Everything of a host that v6peerd might change. */
async function stateOf(host: Host): Promise<Record<string, string>> {
  const settings = SETTINGS.map((name) => `/proc/sys/net/${name}`).join(" ");
  return {
    links: await host.ip("-brief address show"),
    ipv4Routes: await host.ip("-4 route show table all"),
    ipv6Routes: await host.ip("-6 route show table all"),
    rules: await host.ip("rule show"),
    firewall: await host.must(["nft", "list", "ruleset"]),
    settings: await host.must(["sh", "-c", `grep -H . ${settings}`]),
  };
}

describe.skipIf(!isRoot)("v6peerd", () => {
  const local = useTopology({ translator: none });
  const start = (options: OursOptions = {}): Promise<RunningOurs> => ours(options).start(local.it);
  const fetchPage = async (): Promise<string> =>
    (await local.it.client.run(["curl", "-sS", "--max-time", "5", urlOf(local.it.serverNat64)])).stdout;

  it.each(["pool", "masquerade"] as const)("undoes all its set-up on SIGTERM (%s) and ends with 0", async (mode) => {
    const before = await stateOf(local.it.v6peer);
    const daemon = await start({ mode });
    expect(await stateOf(local.it.v6peer)).not.toEqual(before);
    daemon.process.signal("SIGTERM");
    expect(await daemon.process.ended()).toBe(0);
    expect(await stateOf(local.it.v6peer)).toEqual(before);
  });

  it("that starts after a kill -9 also undoes the changes of the killed one when it ends", async () => {
    const before = await stateOf(local.it.v6peer);
    const killed = await start({ mode: "masquerade" });
    killed.process.signal("SIGKILL");
    await killed.process.ended();
    const daemon = await start({ mode: "masquerade" });
    await daemon.stop();
    expect(await stateOf(local.it.v6peer)).toEqual(before);
  });

  it("masquerades: the server sees the IPv6 peer's own IPv4 address", async () => {
    const web = await startWebServer(local.it.server);
    const daemon = await start({ mode: "masquerade" });
    expect(await fetchPage()).toContain("Hello 198.51.100.1!");
    await daemon.stop();
    await web.stop();
  });

  it("keeps the old configuration on SIGHUP if the new one is invalid, says why, and continues forwarding", async () => {
    const web = await startWebServer(local.it.server);
    const daemon = await start();
    const good = readFileSync(daemon.configFile, "utf8");
    writeFileSync(daemon.configFile, good.replace("[local-exit]", "[local-exti]"));
    daemon.process.signal("SIGHUP");
    await daemon.process.waitFor(/local-exti/);
    expect(await fetchPage()).toContain("Hello");

    writeFileSync(daemon.configFile, `${good}\n[log]\nlevel = "debug"\n`);
    daemon.process.signal("SIGHUP");
    await daemon.process.waitFor(/"configuration reloaded"/);
    expect(await fetchPage()).toContain("Hello");
    await daemon.stop();
    await web.stop();
  });

  it("never logs a client's address", async () => {
    const web = await startWebServer(local.it.server);
    const daemon = await start({ more: '[log]\nlevel = "trace"' });
    expect(await fetchPage()).toContain("Hello");
    await daemon.stop();
    await web.stop();
    expect(daemon.process.stdout).toContain('"ready"');
    expect(daemon.process.stdout + daemon.process.stderr).not.toContain(local.it.clientIpv6);
  });

  it("refuses a documentation prefix without the lab switch, with the place in the file, exit code 78", async () => {
    const file = `${local.it.lab.directory}/refused.toml`;
    writeFileSync(file, 'prefix = "2001:db8:64::/80"\n\n[local-exit]\nmode = "masquerade"\n');
    const { code, stdout, stderr } = await local.it.v6peer.run([...V6PEERD, "--config", file]);
    expect(code).toBe(78);
    expect(stdout + stderr).toMatch(/refused\.toml:1:.*prefix/s);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
  });
});

describe.skipIf(!isRoot)("two labs at the same time", () => {
  const [one, other] = [useLocal(), useLocal()];

  it("both forward, and the end of one leaves the other alone", async () => {
    const fetchFrom = async ({ it: { client, serverNat64 } }: typeof one) =>
      (await client.run(["curl", "-sS", "--max-time", "5", urlOf(serverNat64)])).stdout;
    for (const {
      it: { server },
    } of [one, other])
      await startWebServer(server);
    expect(await Promise.all([fetchFrom(one), fetchFrom(other)])).toEqual([
      expect.stringContaining("Hello"),
      expect.stringContaining("Hello"),
    ]);
    one.it.lab.down();
    expect(await fetchFrom(other)).toContain("Hello");
  });
});
