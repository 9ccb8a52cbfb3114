/** What others do to the host while v6peerd runs: it is put right, or told. */
import { mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DaemonClient } from "../src/control/client.ts";
import { DaemonHome, RunningDaemon } from "./support/daemon.ts";
import { CANNOT_RUN, TestNamespace } from "./support/namespace.ts";
import { Neighbours } from "./support/neighbours.ts";
import { RunningScript } from "./support/running-script.ts";

const SERVER = `require("node:http").createServer((request, response) => {
  response.end("hello " + request.socket.remoteAddress);
}).listen(80, "203.0.113.2", () => console.log("listening"));`;

/** Says from which addresses datagrams come. */
const RECEIVER = (file: string) => `require("node:dgram").createSocket("udp4")
  .on("message", (_, { address }) => require("node:fs").appendFileSync("${file}", address + "\\n"))
  .bind(5000, "203.0.113.2", () => console.log("ready"));`;

/** Opens a flow with each datagram: conntrack knows none of them. */
const SENDER = `const { createSocket } = require("node:dgram");
setInterval(() => {
  const socket = createSocket("udp6");
  socket.send("?", 5000, "2001:db8:64::203.0.113.2", () => socket.close());
}, 2);
setTimeout(() => console.log("sending"), 100);`;

const PAGE = "http://[2001:db8:64::203.0.113.2]/";

describe.skipIf(CANNOT_RUN)(`a host that others change${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let lab: Neighbours;
  let home: DaemonHome;
  let server: RunningScript;
  let daemon: RunningDaemon;

  beforeEach(async () => {
    lab = new Neighbours();
    home = new DaemonHome();
    home.write("", "", 'mode = "masquerade"');
    server = await RunningScript.start(lab.server, SERVER);
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
  });

  afterEach(async () => {
    await daemon.stop("SIGKILL");
    await server.stop();
    lab.remove();
    home.remove();
  });

  const fetchPage = () => lab.client.run(`curl -sf -m 2 -g '${PAGE}'`);
  const works = () =>
    vi.waitFor(() => expect(fetchPage()).toBe("hello 203.0.113.1"), { timeout: 10_000, interval: 100 });
  const status = async () => {
    const client = await DaemonClient.connect(home.socket);
    try {
      return await client.ask("status");
    } finally {
      client.close();
    }
  };

  it("a firewall that is loaded again takes our table away for a moment, and nothing leaves with an inner source", async () => {
    const before = lab.peer.run("nft list table inet v6peer_nat64");
    lab.server.run("for each in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $each; done");
    const receiver = await RunningScript.start(lab.server, RECEIVER(`${home.directory}/sources`));
    const sender = await RunningScript.start(lab.client, SENDER);
    try {
      for (let i = 0; i < 3; i++) {
        lab.peer.run("nft flush ruleset");
        await vi.waitFor(async () => expect((await status()).host.mends).toBe(i + 1), {
          timeout: 10_000,
          interval: 20,
        });
        expect(lab.peer.run("nft list ruleset")).toBe(before);
      }
      const sources = lab.server.run(`cat ${home.directory}/sources`).trim().split("\n");
      expect([...new Set(sources)]).toEqual(["203.0.113.1"]);
    } finally {
      await sender.stop();
      await receiver.stop();
    }
    await works();
    expect((await status()).host).toMatchObject({ problems: [], mends: 3 });
  });

  it("stays up when somebody takes the device down and up: routes, addresses and MTU come back", async () => {
    const routes = lab.peer.run("ip -6 route show 2001:db8:64::/80; ip -4 route show dev nat64");
    lab.peer.run("ip link set nat64 down; ip link set nat64 mtu 1300 up");
    await works();
    expect(lab.peer.run("ip -6 route show 2001:db8:64::/80; ip -4 route show dev nat64")).toBe(routes);
    expect(lab.peer.run("ip link show nat64")).toMatch(/UP.* mtu 1500/);
    expect((await status()).host).toMatchObject({ problems: [] });
    expect((await status()).host.mends).toBeGreaterThan(0);
  });

  it.each([
    ["the route of the prefix is removed", "ip -6 route del 2001:db8:64::/80 dev nat64"],
    ["the routes are flushed", "ip -6 route flush dev nat64; ip -4 route flush dev nat64"],
    ["the addresses are flushed", "ip -6 address flush dev nat64"],
    [
      "forwarding is turned off",
      "echo 0 > /proc/sys/net/ipv6/conf/all/forwarding; echo 0 > /proc/sys/net/ipv4/ip_forward",
    ],
  ])("is mended when %s", async (_, command) => {
    lab.peer.run(command);
    await works();
    await vi.waitFor(async () => expect((await status()).host.problems).toEqual([]));
  });

  it("tells what it cannot mend, in status and metrics, and that it is well again", async () => {
    lab.peer.run("ip -6 route del 2001:db8:64::/80 dev nat64; ip -6 route add 2001:db8:64::/80 dev c0");
    await vi.waitFor(async () => expect((await status()).host.problems).toHaveLength(1), { timeout: 10_000 });
    const [problem] = (await status()).host.problems;
    expect(problem).toMatchObject({ what: "route 2001:db8:64::/80 into nat64" });
    expect(problem.reason).toContain("2001:db8:64::/80 is already routed elsewhere");
    const { metricsPort } = await daemon.message("ready");
    expect(lab.peer.run(`curl -s http://127.0.0.1:${metricsPort}/metrics`)).toContain("\nnat64_host_problems 1\n");
    lab.peer.run("ip -6 route del 2001:db8:64::/80 dev c0");
    await works();
    await daemon.message("this host is as it should be again");
    expect((await status()).host.problems).toEqual([]);
  });

  it("leaves the host as it was, also after it was changed and after it was killed", async () => {
    await daemon.stop("SIGKILL");
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    lab.peer.run("ip link set nat64 down; nft flush ruleset; ip rule del pref 1");
    await works();
    expect(lab.peer.run("ip rule")).toContain("from 198.18.64.1 fwmark 0/0x1000000 iif nat64 blackhole");
    expect(await daemon.stop()).toBe(0);
    expect(lab.peer.run("nft list ruleset; ip rule show pref 1")).toBe("");
  });
});

describe.skipIf(CANNOT_RUN)(`a host that lacks something${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let namespace: TestNamespace;
  let home: DaemonHome;
  let daemon: RunningDaemon | undefined;

  beforeEach(() => {
    namespace = new TestNamespace();
    home = new DaemonHome();
    home.write("", "", 'mode = "masquerade"');
  });

  afterEach(async () => {
    await daemon?.stop("SIGKILL");
    daemon = undefined;
    namespace.remove();
    home.remove();
  });

  const FORWARDS = "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding";
  const READ_ONLY = "mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys";

  it("runs where /proc/sys is read-only and all is as it should be, as in containers", async () => {
    namespace.run(FORWARDS);
    daemon = new RunningDaemon(namespace, home, READ_ONLY);
    await daemon.message("ready");
    expect(await daemon.stop()).toBe(0);
  });

  it("names what it needs and cannot set", async () => {
    namespace.run("for each in /proc/sys/net/ipv6/conf/*/accept_ra; do echo 0 > $each; done");
    daemon = new RunningDaemon(namespace, home, READ_ONLY);
    expect(await daemon.ended).not.toBe(0);
    expect(daemon.log.at(-1)?.reason).toMatch(/^cannot turn ipv6 forwarding on: .*read-only file system/);
  });

  it("runs on a kernel without ct timeout, and says so", async () => {
    // The kernel here has it, so nft stands in for one that does not: it refuses scripts that ask for it.
    const bin = `${home.directory}/bin`;
    mkdirSync(bin);
    const real = namespace.run("command -v nft").trim();
    const refusing = `case "$*" in *-f*) s=$(cat); case "$s" in *"ct timeout"*) echo "not supported" >&2; exit 1;; esac; printf '%s\\n' "$s" | ${real} "$@";; *) exec ${real} "$@";; esac`;
    writeFileSync(`${bin}/nft`, `#!/bin/sh\n${refusing}\n`, { mode: 0o755 });
    daemon = new RunningDaemon(namespace, home, `PATH=${bin}:$PATH`);
    await daemon.message("ready");
    await daemon.message("this kernel has no ct timeout: idle UDP sessions of the masquerade expire early");
    const rules = namespace.run("nft list table inet v6peer_nat64");
    expect(rules).not.toContain("ct timeout");
    expect(rules).toContain("masquerade");
  });
});
