import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DaemonClient } from "../src/control/client.ts";
import { DaemonHome, RunningDaemon } from "./support/daemon.ts";
import { CANNOT_RUN, TestNamespace } from "./support/namespace.ts";
import { learnDefaultRoute } from "./support/router-advertisement.ts";

/** The pid of `ip netns exec` is the daemon's: it executes it in place. */
describe.skipIf(CANNOT_RUN)(`v6peerd in a namespace${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let namespace: TestNamespace;
  let home: DaemonHome;
  let daemon: RunningDaemon | undefined;
  const start = () => {
    daemon = new RunningDaemon(namespace, home);
    return daemon;
  };

  beforeEach(() => {
    namespace = new TestNamespace();
    home = new DaemonHome();
    home.write();
    namespace.run(`
      echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
      ip link add up0 type veth peer name up1
      ip link set up1 up
      ip link set up0 up
      ip address add 198.51.100.2/24 dev up0
      ip -6 address add 2001:db8:1::2/64 dev up0 nodad
      ip route add default via 198.51.100.1
      echo 1 > /proc/sys/net/ipv6/conf/up0/accept_ra
      echo 0 > /proc/sys/net/ipv4/conf/up0/accept_redirects
      nft 'table inet mine { chain c { type filter hook input priority 0; tcp dport 1 drop; }; }'
    `);
  });

  afterEach(async () => {
    await daemon?.stop("SIGKILL");
    daemon = undefined;
    namespace.remove();
    home.remove();
  });

  it("sets up device, routes with a gateway, MTU and forwarding, and keeps router advertisements on the uplink", async () => {
    expect(await start().message("ready")).toMatchObject({
      prefix: "2001:db8:64::/80",
      nat64Prefix: "2001:db8:64::/96",
    });
    expect(namespace.run("ip -6 route show 2001:db8:64::/80")).toMatch(/via fe80::1 dev nat64 .*onlink/);
    expect(namespace.run("ip -4 route show 192.0.2.64/28")).toMatch(/dev nat64/);
    expect(namespace.run("ip link show nat64")).toMatch(/UP.* mtu 1500/);
    const values = namespace.run(
      "cd /proc/sys/net; cat ipv4/ip_forward ipv6/conf/all/forwarding ipv6/conf/up0/forwarding ipv6/conf/up0/accept_ra",
    );
    expect(values.trim().split("\n")).toEqual(["1", "1", "1", "2"]);
    expect(namespace.run("nft list ruleset")).toContain('meta nfproto ipv6 iifname != "nat64" oifname != "nat64" drop');
  });

  it.each(["SIGTERM", "SIGINT"] as const)("undoes all of it on %s and leaves what was there before", async (signal) => {
    const before = namespace.state();
    await start().message("ready");
    expect(namespace.state()).not.toBe(before);
    expect(await daemon?.stop(signal)).toBe(0);
    expect(namespace.state()).toBe(before);
    expect(existsSync(home.socket)).toBe(false);
    expect(existsSync(`${home.socket}.setup`)).toBe(false);
  });

  it("undoes all of it in masquerade mode, with a further prefix and forwarding that was on before", async () => {
    home.write(
      'extra-prefixes = ["64:ff9b::/96"]',
      '[host]\ninterface = "my-nat"\n',
      'mode = "masquerade"\npool = [{ address = "198.18.64.0/30", tcp = [20000, 29999] }]',
    );
    namespace.run("echo 1 > /proc/sys/net/ipv4/ip_forward");
    const before = namespace.state();
    await start().message("ready");
    const rules = namespace.run("nft list table inet v6peer_my_nat");
    expect(rules).toContain("masquerade to :20000-29999");
    expect(rules).toContain("masquerade to :1024-65535");
    expect(rules).not.toContain("nfproto ipv4 iifname");
    expect(namespace.run("ip -6 route show 64:ff9b::/96")).toMatch(/via fe80::1 dev my-nat/);
    expect(await daemon?.stop()).toBe(0);
    expect(namespace.state()).toBe(before);
  });

  it("bears every name that the kernel allows for an interface", async () => {
    namespace.run("ip link add a+b type veth peer name ä0; ip link add .x type veth peer name ...");
    for (const name of ["a+b", "ä0", ".x", "..."]) {
      namespace.run(`echo 1 > '/proc/sys/net/ipv6/conf/${name}/accept_ra'`);
    }
    const before = namespace.state();
    await start().message("ready");
    expect(namespace.run("cat /proc/sys/net/ipv6/conf/a+b/accept_ra").trim()).toBe("2");
    expect(await daemon?.stop()).toBe(0);
    expect(daemon?.log.filter((line) => line.level >= 50)).toEqual([]);
    expect(namespace.state()).toBe(before);
  });

  it("puts back what it can when a parameter will not be put back", () => {
    const found = { "net/ipv4/../ipv4/conf/all/forwarding": "1", "net/ipv4/conf/lo/forwarding": "1" };
    const undo = `
      import { undoForwarding } from ${JSON.stringify(new URL("../dist/host/forwarding.js", import.meta.url).href)};
      try { undoForwarding({ family: "ipv4", before: ${JSON.stringify(found)} }); } catch (error) { console.log(error.message); }`;
    const said = namespace.run(`'${process.execPath}' --input-type=module -e '${undo}'`);
    expect(said).toMatch(/is not a parameter that daemons may set/);
    expect(namespace.run("cat /proc/sys/net/ipv4/conf/lo/forwarding").trim()).toBe("1");
  });

  it("leaves alone what someone else changed while it ran", async () => {
    await start().message("ready");
    namespace.run("echo 0 > /proc/sys/net/ipv6/conf/up0/accept_ra; ip link add later type veth peer name later1");
    await daemon?.stop();
    expect(namespace.run("cat /proc/sys/net/ipv6/conf/up0/accept_ra").trim()).toBe("0");
    expect(daemon?.log.filter((line) => line.level >= 50)).toEqual([]);
  });

  it("cleans at the next start what a killed run has left", async () => {
    const before = namespace.state();
    await start().message("ready");
    await daemon?.stop("SIGKILL");
    expect(namespace.state()).not.toBe(before);
    await start().message("ready");
    expect(daemon?.log.map((line) => line.msg)).toContain("undid the changes of a crashed run");
    expect(await daemon?.stop()).toBe(0);
    expect(namespace.state()).toBe(before);
  });

  it("refuses to start beside a running one and does it no harm", async () => {
    await start().message("ready");
    const first = daemon;
    const second = new RunningDaemon(namespace, home);
    expect(await second.ended).toBe(71);
    expect(second.log.at(-1)?.reason).toMatch(/another v6peerd \(process \d+\) is running/);
    const client = await DaemonClient.connect(home.socket);
    expect((await client.ask("status")).pid).toBe(first?.process.pid);
    client.close();
    expect(existsSync(`${home.socket}.setup`)).toBe(true);
  });

  it("ends with 0, and clean, on a signal that comes while it sets up", async () => {
    const before = namespace.state();
    const starting = start();
    while (!existsSync(`${home.socket}.setup`)) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await starting.stop("SIGTERM")).toBe(0);
    expect(namespace.state()).toBe(before);
  });

  it("makes the directory of its socket and removes it at the end", async () => {
    home.socket = join(home.directory, "run", "v6peer", "control.sock");
    home.write();
    await start().message("ready");
    expect(existsSync(home.socket)).toBe(true);
    await daemon?.stop();
    expect(existsSync(dirname(home.socket))).toBe(false);
  });

  it("keeps a default route that was learnt from a router advertisement, while it runs and after", async () => {
    const uplink = await learnDefaultRoute(namespace);
    const learnt = () => namespace.run("ip -6 route show default dev ra0").replace(/ expires \d+sec/, "");
    const before = learnt();
    expect(before).toMatch(/^default via fe80::.* proto ra/);
    await start().message("ready");
    expect(learnt()).toBe(before);
    await daemon?.stop();
    expect(learnt()).toBe(before);
    await uplink.stop();
  });

  it.each([
    [
      "a prefix that is routed elsewhere",
      "ip -6 route add 2001:db8:64::/80 dev up0",
      /2001:db8:64::\/80 is already routed elsewhere/,
    ],
    [
      "a masquerade's addresses in use elsewhere",
      `ip route add 198.18.0.0/16 dev up0; sed -i 's/mode = "pool"/mode = "masquerade"/; /^pool/d' CONFIG`,
      /198\.18\.64\.1 overlaps another route of this host \(198\.18\.0\.0\/16/,
    ],
    [
      "a pool that holds an address of this host",
      "ip address add 192.0.2.70/32 dev up0",
      /192\.0\.2\.64\/28 contains an address of this host \(192\.0\.2\.70 dev up0/,
    ],
    [
      "a pool that is routed elsewhere",
      "ip route add 192.0.2.64/28 dev up0",
      /cannot route 192\.0\.2\.64\/28 into nat64/,
    ],
    ["a file where its control socket belongs", 'echo precious > "$(dirname CONFIG)/control.sock"', /is not a socket/],
    ["a table of the same name", "nft add table inet v6peer_nat64", /the nftables table .* already exists/],
    ["an interface of the same name", "ip link add nat64 type veth peer name other", /nat64 cannot be opened/],
  ])("says why it cannot start with %s, exits 71 and has undone what it had done", async (_, command, reason) => {
    namespace.run(command.replace("CONFIG", home.config));
    const before = namespace.state();
    expect(await start().ended).toBe(71);
    expect(daemon?.log.at(-1)).toMatchObject({ level: 60, reason: expect.stringMatching(reason) });
    expect(namespace.state()).toBe(before);
  });

  it("exits 71 when the metrics address is taken, with all undone", async () => {
    const before = namespace.state();
    home.write("", '[metrics]\nlisten = "192.0.2.1:9464"\n');
    expect(await start().ended).toBe(71);
    expect(daemon?.log.at(-1)?.reason).toMatch(/^metrics\.listen: 192\.0\.2\.1:9464 is not an address of this host/);
    expect(namespace.state()).toBe(before);
  });

  it("ends with 70 and undoes its set-up when the data path fails", async () => {
    const before = namespace.state();
    await start().message("ready");
    namespace.run("ip link delete nat64");
    expect(await daemon?.ended).toBe(70);
    expect(daemon?.log.find((line) => line.level === 60)?.reason).toMatch(/nat64 was deleted/);
    expect(namespace.state()).toBe(before);
  });

  it("exits 78 for a wrong configuration and names file, line, key and expectation", async () => {
    writeFileSync(home.config, 'prefix = "fd00::/80"\n[local-exit]\nmode = "pol"\n');
    expect(await start().ended).toBe(78);
    expect(daemon?.stderr.split("\n")).toEqual([
      expect.stringContaining(`${home.config}:1:1: prefix: fd00::/80 is not globally routable`),
      `${home.config}:3:1: local-exit.mode: expected one of "pool", "masquerade", found "pol"`,
      "",
    ]);
  });

  it("takes changed keys on SIGHUP and names what needs a restart", async () => {
    await start().message("ready");
    home.write("", '[log]\nlevel = "debug"\n[timers]\nudp = 400\n[mtu]\nipv6 = 1400\nipv4 = 1400\n');
    daemon?.process.kill("SIGHUP");
    expect(await daemon?.message("configuration reloaded")).toMatchObject({
      applied: ["log.level", "timers.udp"],
      needsRestart: ["mtu.ipv4", "mtu.ipv6"],
    });
    const client = await DaemonClient.connect(home.socket);
    expect(await client.ask("config")).toMatchObject({
      log: { level: "debug" },
      timers: { udp: 400 },
      mtu: { ipv6: 1500, ipv4: 1500 },
    });
    expect((await client.ask("status")).config.needsRestart).toEqual(["mtu.ipv4", "mtu.ipv6"]);
    client.close();
  });

  it("does one reload after the other however many are asked for at once", async () => {
    await start().message("ready");
    home.write("", '[timers]\nudp = 400\n[metrics]\nlisten = "127.0.0.1:9500"\n');
    const clients = await Promise.all(Array.from({ length: 8 }, () => DaemonClient.connect(home.socket)));
    const reports = await Promise.all(clients.map((client) => client.ask("reload")));
    expect(reports.filter((report) => report.applied.length > 0)).toEqual([
      { accepted: true, applied: ["metrics.listen", "timers.udp"], needsRestart: [], problems: [] },
    ]);
    expect(reports.every((report) => report.accepted)).toBe(true);
    for (const client of clients) client.close();
  });

  it("gives its control socket to the group of the configuration", async () => {
    const [, name, id] = /^([a-z]+):[^:]*:([1-9]\d*):/m.exec(readFileSync("/etc/group", "utf8")) ?? [];
    home.writeWhole(`prefix = "2001:db8:64::/80"\nlab = true\n[local-exit]\nmode = "masquerade"\n`);
    writeFileSync(home.config, `group = "${name}"\n`, { flag: "a" });
    await start().message("ready");
    const { gid, mode } = statSync(home.socket);
    expect({ gid, mode: mode & 0o777 }).toEqual({ gid: Number(id), mode: 0o660 });
  });

  it("moves its metrics on SIGHUP, and keeps the old address when the new one is not to be had", async () => {
    await start().message("ready");
    const scrape = (port: number) =>
      namespace.run(`curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:${port}/metrics || true`);
    home.write("", '[metrics]\nlisten = "127.0.0.1:9500"\n');
    daemon?.process.kill("SIGHUP");
    expect(await daemon?.message("configuration reloaded")).toMatchObject({ applied: ["metrics.listen"] });
    expect(scrape(9500)).toBe("200");
    home.write("", '[metrics]\nlisten = "192.0.2.1:9500"\n');
    daemon?.process.kill("SIGHUP");
    const refused = await daemon?.message("new configuration refused, the old one stays");
    expect(refused?.problems).toEqual([expect.stringMatching(/^metrics\.listen: .*EADDRNOTAVAIL/)]);
    expect(scrape(9500)).toBe("200");
  });

  it("ends on SIGTERM also while a reload is under way", async () => {
    const running = start();
    await running.message("ready");
    home.write("", '[metrics]\nlisten = "127.0.0.1:9500"\n');
    running.process.kill("SIGHUP");
    expect(await running.stop("SIGTERM")).toBe(0);
  });

  it("keeps the old configuration on SIGHUP with a wrong file, and says why", async () => {
    await start().message("ready");
    home.write("", '[log]\nlevel = "loud"\n');
    daemon?.process.kill("SIGHUP");
    const refused = await daemon?.message("new configuration refused, the old one stays");
    expect(refused?.problems).toEqual([expect.stringMatching(/:\d+:1: log\.level: expected one of/)]);
    const client = await DaemonClient.connect(home.socket);
    expect((await client.ask("status")).config.refused).toMatch(/log\.level/);
    expect((await client.ask("config")).log.level).toBe("info");
    const report = await client.ask("reload");
    expect(report.accepted).toBe(false);
    client.close();
  });

  it("serves metrics that parse, with every family and direction", async () => {
    const { metricsPort } = await start().message("ready");
    namespace.run("ping -6 -c 1 -W 1 2001:db8:64:0:0:1234:: || true");
    const text = namespace.run(`curl -sf http://127.0.0.1:${metricsPort}/metrics`);
    const samples = new Map(
      text
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => {
          const match = /^([a-z_0-9]+(?:\{[^}]*\})?) (\S+)$/.exec(line);
          expect(match, line).not.toBeNull();
          return [match?.[1] ?? "", Number(match?.[2])];
        }),
    );
    expect([...samples.values()].every(Number.isFinite)).toBe(true);
    expect(samples.get('nat64_packets_total{family="ipv6",direction="in"}')).toBeGreaterThan(0);
    expect(samples.get('nat64_packets_total{family="ipv4",direction="out"}')).toBe(0);
    expect(samples.get('nat64_dropped_packets_total{reason="not-in-prefix"}')).toBeGreaterThan(0);
    for (const name of ["nat64_sessions", "nat64_client_prefixes", "nat64_fragmented_packets", "nat64_held_packets"]) {
      expect(samples.get(name), name).toBe(0);
    }
    expect(namespace.run(`curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:${metricsPort}/`)).toBe("404");
    expect(namespace.run(`curl -s -o /dev/null -w '%{http_code}' -d x http://127.0.0.1:${metricsPort}/metrics`)).toBe(
      "405",
    );
  });

  it("answers on a control socket that only owner and group may open, and survives abuse of it", async () => {
    await start().message("ready");
    expect(statSync(home.socket).mode & 0o777).toBe(0o660);
    await expectAnswer(home.socket, `${"x".repeat(70_000)}\n`, /"code":"too-long"/);
    await expectAnswer(home.socket, "x".repeat(5_000_000), /"code":"too-long"/);
    await expectAnswer(home.socket, "garbage\n\u0000\n{}\n", /not JSON(.|\n)*not JSON(.|\n)*bad-request/);
    await expectAnswer(home.socket, '{"v":2,"id":7,"method":"status"}\n', /"id":7.*unsupported-version/);
    await expectAnswer(home.socket, '{"v":1,"id":8,"method":"destroy"}\n', /"id":8.*unknown-method/);
    const many = Array.from({ length: 200 }, () => createConnection(home.socket));
    await Promise.all(
      many.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {})),
    );
    for (const socket of many) socket.destroy();
    // It may still hold places for those that have just gone.
    await vi.waitFor(
      async () => {
        const clients = await Promise.all(Array.from({ length: 5 }, () => DaemonClient.connect(home.socket)));
        const answers = await Promise.all(clients.map((client) => client.ask("status")));
        expect(new Set(answers.map((answer) => answer.nat64Prefix))).toEqual(new Set(["2001:db8:64::/96"]));
        for (const client of clients) client.close();
      },
      { timeout: 30_000 },
    );
  });
});

/** Sends text and waits until what comes back matches; rejects when the connection ends before. */
function expectAnswer(path: string, text: string, wanted: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = createConnection(path, () => socket.write(text));
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      received += String(chunk);
      if (!wanted.test(received)) return;
      resolve();
      socket.destroy();
    });
    socket.on("close", () => reject(new Error(`not ${wanted}: ${received}`)));
  });
}
