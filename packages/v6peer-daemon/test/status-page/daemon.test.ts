import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonHome, RunningDaemon } from "../support/daemon.ts";
import { CANNOT_RUN, TestNamespace } from "../support/namespace.ts";

describe.skipIf(CANNOT_RUN)(`the status page of v6peerd${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let host: TestNamespace;
  let home: DaemonHome;
  let daemon: RunningDaemon | undefined;

  beforeEach(() => {
    host = new TestNamespace();
    home = new DaemonHome();
  });
  afterEach(async () => {
    await daemon?.stop("SIGKILL");
    host.remove();
    home.remove();
  });

  const start = async () => {
    daemon = new RunningDaemon(host, home);
    return { daemon, ready: await daemon.message("ready") };
  };
  const page = (at: string) =>
    host.run(`curl -sS -g -m 5 -o /dev/null -w '%{http_code}' 'http://${at}/data.json' || true`);
  const listen = (where: string) => home.write("", `[status-page]\nlisten = "${where}"\n`);

  it("is on loopback unless the file says otherwise, and for no longer than the daemon runs", async () => {
    home.write();
    const { daemon } = await start();
    expect(page("127.0.0.1:9465")).toBe("200");
    expect(host.run("ss -Hltn 'sport = :9465'")).toMatch(/ 127\.0\.0\.1:9465 /);
    await daemon.stop();
    expect(page("127.0.0.1:9465")).toBe("000");
  });

  it("moves on SIGHUP, goes away when it is turned off, and comes back", async () => {
    home.write();
    const { daemon } = await start();
    for (const [where, at] of [
      ["[::1]:9999", "[::1]:9999"],
      ["off", undefined],
      ["127.0.0.1:9998", "127.0.0.1:9998"],
    ] as const) {
      const before = daemon.log.length;
      listen(where);
      daemon.process.kill("SIGHUP");
      await daemon.message("configuration reloaded", before);
      if (at !== undefined) expect(page(at)).toBe("200");
      else expect(host.run("ss -Hltn 'sport = :9465 or sport = :9999 or sport = :9998'")).toBe("");
    }
  });

  it("stays where it is when the new address is not to be had", async () => {
    home.write();
    const { daemon } = await start();
    listen("192.0.2.1:9465");
    daemon.process.kill("SIGHUP");
    const { problems } = await daemon.message("new configuration refused, the old one stays");
    expect(problems).toEqual([expect.stringMatching(/^status-page\.listen: .*EADDRNOTAVAIL/)]);
    expect(page("127.0.0.1:9465")).toBe("200");
  });

  it("is not worth the service: with its port taken, packets are forwarded all the same, and the log says so", async () => {
    home.write("", '[metrics]\nlisten = "127.0.0.1:9465"\n');
    const { daemon } = await start();
    expect(daemon.log.map(({ msg }) => msg)).toContainEqual(
      expect.stringMatching(/^cannot serve the status page: status-page\.listen: .*EADDRINUSE/),
    );
  });

  it("warns when it is for more than this host", async () => {
    listen("0.0.0.0:9465");
    const { daemon } = await start();
    expect(daemon.log.map(({ msg }) => msg)).toContain("anyone who can reach this address can read the status page");
  });

  it("says what is wrong with a refused configuration, and what waits for a restart", async () => {
    home.write();
    const { daemon } = await start();
    home.write("mtu = 3");
    daemon.process.kill("SIGHUP");
    await daemon.message("new configuration refused, the old one stays");
    const look = () => JSON.parse(host.run("curl -sS -m 5 http://127.0.0.1:9465/data.json")).config;
    await expect.poll(() => look().refused, { timeout: 10_000 }).toMatch(/mtu: expected a table/);
    home.write("[tables]\nsessions = 1000");
    daemon.process.kill("SIGHUP");
    await daemon.message("configuration reloaded");
    await expect.poll(() => look().needsRestart, { timeout: 10_000 }).toEqual(["tables.sessions"]);
  });
});
