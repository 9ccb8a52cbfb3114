/** `v6peer doctor` beside a running v6peerd: all well, then one thing after the other taken away. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Host, HostProcess } from "../src/index.ts";
import { commandOf } from "../src/programs/daemon.ts";
import { diagnose } from "./doctor-lab.ts";
import { useLocal } from "./local-lab.ts";
import { isRoot } from "./root.ts";

/** Things that v6peerd could not put right on its host. */
async function troublesOf({ v6peer, translator }: ReturnType<typeof useLocal>["it"]): Promise<number> {
  const command = [...commandOf("@nat64/v6peer-cli", "v6peer"), "status", "--json"];
  const status = JSON.parse(await v6peer.must([...command, "--config", translator.configFile]));
  return status.host.problems.length;
}

const hasUnbound = spawnSync("unbound", ["-V"]).error === undefined;

describe.skipIf(!isRoot)("v6peer doctor beside a v6peerd with a local exit", () => {
  const topology = useLocal();
  const look = (...args: readonly string[]) => {
    const { v6peer, clientIpv6, translator } = topology.it;
    return diagnose(v6peer, translator.configFile, "--target", clientIpv6, "--resolver", "::1", ...args);
  };

  it("finds nothing to do where all is well, and ends with 0", async () => {
    const { v6peer, clientIpv6 } = topology.it;
    await v6peer.addRoute("default", clientIpv6);
    const found = await look();
    expect(found.troubles).toEqual([]);
    expect(found.exitCode).toBe(0);
    expect(found.of("daemon")).toEqual([expect.stringMatching(/^ok v6peerd \d.* is running \(process \d+\)/)]);
    expect(found.of("tun-route")).toEqual(["ok 2001:db8:64::/80 is routed into nat64, via fe80::1."]);
    expect(found.of("prefix-routed")).toEqual([expect.stringMatching(/^ok /)]);
    expect(found.of("firewall")).toEqual(["ok The firewall accepts the packets that v6peerd forwards."]);
    expect(found.of("offload-tun")).toEqual([expect.stringMatching(/^ok nat64 has the offloads .*tso6/)]);
  });

  it("for people it prints a line each, with codes for problems, and colours only on terminals", async () => {
    const { v6peer, translator } = topology.it;
    const { code, stdout } = await v6peer.run([
      ...commandOf("@nat64/v6peer-cli", "v6peer"),
      ...["doctor", "--no-probe", "--resolver", "::1", "--config", translator.configFile],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {5}2001:db8:64::\/80 is routed into nat64/m);
    expect(stdout).toMatch(/^info {3}The query for ipv4only\.arpa to the resolver ::1 failed: .* \[dns64-resolver\]$/m);
    expect(stdout.trimEnd()).toMatch(/\n\n\d+ ok, \d+ info, 0 warnings, 0 errors$/);
    expect(stdout).not.toContain("\x1b");
  });

  it("reports what v6peerd cannot put right, because somebody removes it again and again, and how to restore it", async () => {
    const { v6peer, translator } = topology.it;
    const rules = "chain f { type filter hook forward priority 0; policy drop; ct state established accept; };";
    await v6peer.must(["nft", `table inet strict { ${rules} }`]);
    const undo = `while :; do
      ip -6 route replace 2001:db8:64::/80 dev nat64
      ip -6 route del 2001:db8:64::/80 via fe80::1 dev nat64
      nft delete table inet v6peer_nat64
      echo 0 > /proc/sys/net/ipv6/conf/all/forwarding; echo 0 > /proc/sys/net/ipv4/ip_forward
    done 2>/dev/null`;
    const somebody = await v6peer.start(["sh", "-c", undo]);
    try {
      await expect.poll(() => troublesOf(topology.it), { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
      const found = await look("--no-probe");
      expect(found.exitCode).toBe(1);
      expect(found.of("tun-gateway")).toEqual(["warn The route of 2001:db8:64::/80 into nat64 has no gateway."]);
      expect(found.of("firewall-table")).toEqual(["error The nftables table inet v6peer_nat64 of v6peerd is missing."]);
      expect(found.of("forwarding-off")).toEqual([
        expect.stringContaining("net.ipv6.conf.all.forwarding"),
        expect.stringContaining("net.ipv4.conf.nat64.forwarding"),
        expect.stringContaining("net.ipv4.conf.to-server.forwarding"),
      ]);
      expect(found.of("firewall-forward")).toEqual([
        "error The nftables chain inet strict f drops packets from clients.",
        "error The nftables chain inet strict f drops packets to IPv4 servers.",
      ]);
      for (const { severity, advice } of found.findings) {
        if (severity === "warn" || severity === "error") expect(advice).toMatch(/.{10}/);
      }
    } finally {
      await somebody.stop();
    }
    expect(translator.process.running).toBe(true);
  });

  it("finds all as it should be again soon after, but for the firewall of somebody else", async () => {
    await expect.poll(() => troublesOf(topology.it), { timeout: 90_000 }).toBe(0);
    const found = await look("--no-probe");
    expect(found.of("tun-route")).toEqual(["ok 2001:db8:64::/80 is routed into nat64, via fe80::1."]);
    expect([...found.of("firewall-table"), ...found.of("forwarding-off")]).toEqual([]);
    expect(found.of("firewall-forward")).toHaveLength(2);
  });

  it("the advice for a firewall that drops is a command that works", async () => {
    const { v6peer } = topology.it;
    for (let tries = 0; tries < 4; tries++) {
      const [finding] = (await look("--no-probe")).findings.filter(({ code }) => code === "firewall-forward");
      if (finding === undefined) break;
      await v6peer.must(["sh", "-ec", finding.advice as string]);
    }
    expect((await look("--no-probe")).of("firewall-forward")).toEqual([]);
  });

  it("says that the last reload was refused, and which keys need a restart", async () => {
    const { v6peer, translator } = topology.it;
    const before = readFileSync(translator.configFile, "utf8");
    const reload = async (text: string, message: RegExp) => {
      writeFileSync(translator.configFile, text);
      translator.process.signal("SIGHUP");
      await translator.process.waitFor(message);
    };
    await reload(before.replace("[control]", "[tables]\nsessions = 4096\n[control]"), /needs a restart/);
    expect((await look("--no-probe")).of("restart-needed")).toEqual([expect.stringContaining("tables.sessions")]);
    await reload("prefix = 5\n", /refused/);
    writeFileSync(translator.configFile, before);
    expect((await look("--no-probe")).of("reload-refused")).toEqual([expect.stringContaining("prefix")]);
    const other = `${translator.configFile}.other`;
    writeFileSync(other, before);
    expect((await diagnose(v6peer, other, "--no-probe", "--resolver", "::1")).of("daemon-config")).toEqual([
      expect.stringContaining(other),
    ]);
  });

  it.skipIf(!hasUnbound)(
    `tells the prefix of a real DNS64${hasUnbound ? "" : " (skipped: needs unbound)"}: ours, another one, none`,
    async () => {
      const { v6peer, lab } = topology.it;
      // What the internet says of ipv4only.arpa (RFC 7050 §8.2), and two DNS64 that ask it.
      const upstream = await startUnbound(v6peer, `${lab.directory}/upstream.conf`, "127.0.0.1@5300", [
        'module-config: "iterator"',
        'local-zone: "arpa." nodefault',
        'local-zone: "ipv4only.arpa." static',
        ...[170, 171].map((last) => `local-data: "ipv4only.arpa. A 192.0.0.${last}"`),
      ]);
      const dns64 = (file: string, listen: string, prefix: string) =>
        startUnbound(v6peer, `${lab.directory}/${file}`, listen, [
          'module-config: "dns64 iterator"',
          `dns64-prefix: ${prefix}`,
          'local-zone: "ipv4only.arpa." transparent',
        ]);
      const running = [
        upstream,
        await dns64("ours.conf", "127.0.0.2@53", "2001:db8:64::/96"),
        await dns64("theirs.conf", "127.0.0.3@53", "64:ff9b::/96"),
      ];
      const ask = async (server: string) => {
        const found = await diagnose(v6peer, topology.it.translator.configFile, "--no-probe", "--resolver", server);
        return [...found.of("dns64"), ...found.of("dns64-resolver")];
      };
      expect(await ask("127.0.0.2")).toEqual([
        "ok The DNS64 of 127.0.0.2 uses 2001:db8:64::/96, the prefix of this peer.",
      ]);
      expect(await ask("127.0.0.3")).toEqual(["info The DNS64 of 127.0.0.3 uses 64:ff9b::/96, not 2001:db8:64::/96."]);
      expect(await ask("127.0.0.1:5300")).toEqual([expect.stringMatching(/^info The resolver .* has no DNS64/)]);
      for (const each of running) await each.stop();
    },
  );

  it("without v6peerd it looks at the rest and says so", async () => {
    await topology.it.translator.stop();
    const found = await look("--no-probe");
    expect(found.of("daemon")).toEqual([expect.stringMatching(/^warn v6peerd is not running /)]);
    expect(found.of("config")).toEqual([expect.stringMatching(/^ok /)]);
    expect(found.exitCode).toBe(1);
  });
});

/** A resolver that asks 127.0.0.1 port 5300 for what it does not know. */
async function startUnbound(host: Host, file: string, listen: string, lines: readonly string[]): Promise<HostProcess> {
  writeFileSync(
    file,
    `server:
  interface: ${listen}
  do-daemonize: no
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  verbosity: 1
  do-not-query-localhost: no
${lines.map((line) => `  ${line}`).join("\n")}
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@5300
`,
  );
  const unbound = await host.start(["unbound", "-d", "-c", file]);
  await unbound.waitFor(/start of service/);
  return unbound;
}
