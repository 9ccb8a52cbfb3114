import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startEchoServer, Ticker } from "../src/index.ts";
import { useSharingLab, V6PEER } from "./dns64-lab.ts";
import { eventually } from "./measured.ts";
import { isRoot } from "./root.ts";

interface Listed {
  readonly source: string;
  readonly own?: { readonly wanted: boolean; readonly listed: boolean };
  readonly prefixes: readonly {
    readonly prefix: string;
    readonly relation: string;
    readonly health: string;
    readonly seen?: { readonly health: string; readonly rtt?: number; readonly reason?: string };
  }[];
}

describe.skipIf(!isRoot)("prefixes that are shared", () => {
  const lab = useSharingLab();
  const prefixes = (...more: readonly string[]) => lab.it.resolver.host.run([...V6PEER, "prefixes", ...more]);
  const json = async (...more: readonly string[]): Promise<Listed> => {
    const { stdout, stderr, code } = await prefixes("-c", lab.it.config, "--json", ...more);
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };

  it("are listed by the coordinator, with their health as it is seen from here", async () => {
    const { source, prefixes: all } = await json();
    expect(source).toBe("v6peerd");
    expect(all).toMatchObject([
      { prefix: "2001:db8:64::/80", relation: "own", health: "up", seen: { health: "up", rtt: expect.any(Number) } },
      {
        prefix: "2001:db8:65::/80",
        relation: "trusted",
        health: "up",
        seen: { health: "up", target: "198.51.100.2:80" },
      },
    ]);
  });

  it("are shown to people in a table", async () => {
    const { stdout, code } = await prefixes("-c", lab.it.config);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2001:db8:64::\/80 +up, [\d.]+ ms +up, 1 exits .* own +abuse@example\.net$/m);
  });

  it("come over HTTP where no daemon runs", async () => {
    const { coordinator, config } = lab.it;
    const list = ["--list", "http://127.0.0.1:8064/prefixes"];
    const argv = [...V6PEER, "prefixes", "-c", config, "--json", "--no-probe", ...list];
    const { prefixes: all } = JSON.parse(await coordinator.must(argv)) as Listed;
    expect(all.map(({ prefix }) => prefix)).toEqual(["2001:db8:64::/80", "2001:db8:65::/80"]);
    expect(all[0]).not.toHaveProperty("seen");
  });

  it("are also visible from the host of the IPv6 peer itself", async () => {
    const argv = [...V6PEER, "prefixes", "-c", lab.it.config, "--json"];
    const { prefixes: all } = JSON.parse(await lab.it.v6peers[0].host.must(argv)) as Listed;
    expect(all.map(({ seen }) => seen?.health)).toEqual(["up", "up"]);
  });

  it("are in no new configuration while their IPv6 peer drains", async () => {
    const { controlSocket } = lab.it.translator.v6peers[0];
    const drain = (...args: readonly string[]) =>
      lab.it.resolver.host.must([...V6PEER, "drain", "--socket", controlSocket, ...args]);
    const print = () => lab.it.resolver.host.run([...V6PEER, "dns64", "bind", "-c", lab.it.config]);
    // Without anything that runs it would be at its end at once.
    await startEchoServer(lab.it.server);
    const running = await Ticker.start(lab.it.client, lab.it.serverNat64);
    await eventually("a connection runs", () => running.ticks > 3);
    await drain("--within", "600", "--detach");
    const { stdout, stderr } = await print();
    expect(stdout.match(/^dns64 .*/gm)).toEqual(["dns64 2001:db8:65::/96 {"]);
    expect(stderr).toMatch(/2001:db8:64::\/96 \(own\) does not work: .* answers pings, but/);
    await drain("--cancel");
    await eventually("it works again", async () => (await print()).stdout.includes("dns64 2001:db8:64::/96 {"));
    await eventually("it is listed again", async () => (await json("--no-probe")).prefixes.length === 2);
  });

  it("are up for pings and dead for IPv4 when the exits are gone, and that is told apart", async () => {
    const { host } = lab.it.v6peers[1];
    await host.ip("link set to-r4 down");
    const { prefixes: all } = await json();
    expect(all[1].seen).toMatchObject({ health: "no-ipv4", reason: expect.stringMatching(/answers pings, but 198/) });
    await host.ip("link set to-r6 down");
    expect((await json()).prefixes[1].seen?.health).toBe("down");
  });

  it("leave the list at a reload with listed = false, and a DNS64 that trusts them says that", async () => {
    const { translator, config, resolver } = lab.it;
    const { configFile, process: daemon } = translator.v6peers[0];
    const text = readFileSync(configFile, "utf8");
    writeFileSync(configFile, text.replace("listed = true", "listed = false"));
    process.kill(daemon.pid, "SIGHUP");
    await eventually("the prefix is not listed", async () => (await json("--no-probe")).prefixes.length === 1);
    const trust = ["--trust", lab.it.ids[0], "--no-probe"];
    writeFileSync(`${config}.other`, readFileSync(config, "utf8").replace("2001:db8:64::", "2001:db8:99::"));
    const { stderr } = await resolver.host.run([...V6PEER, "dns64", "bind", "-c", `${config}.other`, ...trust]);
    expect(stderr).toContain("is trusted, but its prefix is not in the list");
    writeFileSync(configFile, text);
    process.kill(daemon.pid, "SIGHUP");
    await eventually("it is again", async () => (await json("--no-probe")).prefixes.length === 2);
  });

  it("are not to be had from a daemon that has no connection to the coordinator: 1, with a sentence", async () => {
    await lab.it.translator.coordinator.stop();
    await eventually("the daemon says so", async () => (await prefixes("-c", lab.it.config)).code !== 0);
    expect(await prefixes("-c", lab.it.config)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not connected to the coordinator"),
    });
  });
});
