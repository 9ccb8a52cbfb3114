import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionRecord } from "../src/control/client.ts";
import { DaemonClient } from "../src/control/client.ts";
import { DaemonHome, RunningDaemon } from "./support/daemon.ts";
import { CANNOT_RUN } from "./support/namespace.ts";
import { Neighbours } from "./support/neighbours.ts";
import { RunningScript } from "./support/running-script.ts";

/** Says who asked, as the server sees it. */
const SERVER = `require("node:http").createServer((request, response) => {
  response.end("hello " + request.socket.remoteAddress + " " + request.socket.remotePort);
}).listen(80, "203.0.113.2", () => console.log("listening"));`;

const PUBLISHED = `require("node:http").createServer((request, response) => {
  response.end("published for " + request.socket.remoteAddress);
}).listen(8080, "2001:db8:c::2", () => console.log("listening"));`;

/** Opens a binding, and sends back whatever comes to it. */
const ECHO = `const socket = require("node:dgram").createSocket("udp6");
socket.on("message", (message, { port, address }) => socket.send(message, port, address));
socket.send("open", 9, "2001:db8:64::203.0.113.2", () => console.log("sent"));`;

/** Sends a datagram and prints the answer. */
const ASK = `const socket = require("node:dgram").createSocket("udp4");
socket.on("message", (message) => { console.log(String(message)); socket.close(); });
socket.send("hello", Number(process.argv[2]), process.argv[1]);
setTimeout(() => process.exit(1), 5000).unref();`;

const PAGE = "http://[2001:db8:64::203.0.113.2]/";

describe.skipIf(CANNOT_RUN)(`real packets through v6peerd${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let lab: Neighbours;
  let home: DaemonHome;
  let server: RunningScript;
  let daemon: RunningDaemon;

  beforeEach(async () => {
    lab = new Neighbours();
    home = new DaemonHome();
    server = await RunningScript.start(lab.server, SERVER);
  });

  afterEach(async () => {
    await daemon.stop("SIGKILL");
    await server.stop();
    lab.remove();
    home.remove();
  });

  const EXITS = [
    ["pool", 'mode = "pool"\npool = ["192.0.2.64/28"]'],
    ["masquerade", 'mode = "masquerade"'],
  ];

  it.each(EXITS)("this host's own IPv4 services are not reached through the translator (%s)", async (_, exit) => {
    home.write("", "", exit);
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    const listener = spawn("ip", [
      "netns",
      "exec",
      lab.peer.name,
      process.execPath,
      "-e",
      SERVER.replace("203.0.113.2", "203.0.113.1"),
    ]);
    try {
      if (listener.stdout !== null) await once(listener.stdout, "data");
      expect(lab.peer.run("curl -sf -m 2 http://203.0.113.1/")).toMatch(/^hello/);
      expect(() => lab.client.run("curl -sf -m 2 -g 'http://[2001:db8:64::203.0.113.1]/'")).toThrow();
    } finally {
      listener.kill("SIGKILL");
      await once(listener, "close");
    }
  });

  it.each(EXITS)("this host may ping the translator (%s)", async (_, exit) => {
    home.write("", "", exit);
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(lab.peer.run("ping -c 1 -W 2 192.0.0.8")).toContain("1 received");
  });

  it("connections are not tracked for the sake of a routed pool", async () => {
    home.write();
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(lab.peer.run("nft list ruleset")).not.toMatch(/\bct /);
  });

  it("answers to this host come in when it masquerades", async () => {
    home.write("", "", 'mode = "masquerade"');
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    const echo = spawn("ip", ["netns", "exec", lab.client.name, process.execPath, "-e", ECHO]);
    try {
      if (echo.stdout !== null) await once(echo.stdout, "data");
      const rows: SessionRecord[] = [];
      const client = await DaemonClient.connect(home.socket);
      while (rows.length === 0) await client.sessions({ protocol: "udp" }, (slice) => rows.push(...slice));
      client.close();
      const [{ pool }] = rows;
      expect(lab.peer.run(`'${process.execPath}' -e '${ASK}' ${pool.address} ${pool.port}`)).toBe("hello\n");
    } finally {
      echo.kill("SIGKILL");
      await once(echo, "close");
    }
  });

  it("an IPv6-only client fetches a page from an IPv4-only server out of the routed pool, and pings it", async () => {
    home.write();
    lab.server.run("ip route add 192.0.2.64/28 via 203.0.113.1");
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(lab.client.run(`curl -sf -m 5 -g '${PAGE}'`)).toMatch(/^hello 192\.0\.2\.\d+ \d+$/);
    expect(lab.client.run("ping -6 -c 2 -i 0.2 -W 2 2001:db8:64::203.0.113.2")).toContain("2 received");
    expect(lab.client.run("ping -6 -c 1 -W 2 2001:db8:64:0:0:ffff:0:1")).toContain("1 received");

    const client = await DaemonClient.connect(home.socket);
    const rows: SessionRecord[] = [];
    const listed = await client.sessions({ protocol: "icmp" }, (slice) => rows.push(...slice));
    expect(listed).toEqual({ listed: rows.length, complete: true });
    expect(rows).toEqual([
      expect.objectContaining({ protocol: "icmp", destination: expect.objectContaining({ address: "203.0.113.2" }) }),
    ]);
    expect(rows[0].client.address).toBe("2001:db8:c::2");
    await expect(client.sessions({ client: "nobody" }, () => {})).rejects.toMatchObject({ code: "bad-request" });
    expect((await client.ask("counters")).engine.packetsToIPv4).toBeGreaterThan(5);
    client.close();
    expect(JSON.stringify(daemon.log)).not.toContain("2001:db8:c:");
    expect(await daemon.stop()).toBe(0);
  });

  it("sleeps when nothing comes: its thread does not look for packets again and again", async () => {
    home.write();
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    const client = await DaemonClient.connect(home.socket);
    const wakeUps = async () => (await client.ask("counters")).loop.wakeUps;
    const before = await wakeUps();
    await sleep(500);
    // A thread that does not sleep wakes up some 100,000 times in that time.
    expect((await wakeUps()) - before).toBeLessThan(100);
    client.close();
  });

  it("an IPv4-only host reaches an IPv6 host by a static binding", async () => {
    home.write(
      "",
      `[[local-exit.static-bindings]]
protocol = "tcp"
ipv6 = "2001:db8:c::2"
ipv6-port = 8080
ipv4 = "192.0.2.65"
ipv4-port = 80
`,
    );
    lab.server.run("ip route add 192.0.2.64/28 via 203.0.113.1");
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    const published = spawn("ip", ["netns", "exec", lab.client.name, process.execPath, "-e", PUBLISHED]);
    if (published.stdout !== null) await once(published.stdout, "data");
    expect(lab.server.run("curl -sf -m 5 http://192.0.2.65/")).toBe("published for 2001:db8:64::cb00:7102");
    published.kill("SIGKILL");
    await once(published, "close");
  });

  it("makes no neighbour entry for each destination", async () => {
    home.write();
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    lab.client.run("for i in $(seq 1 40); do ping -6 -c 1 -W 0.01 2001:db8:64::203.0.113.$i & done; wait");
    expect(lab.peer.run("ip -6 neighbour show dev nat64 nud all").trim().split("\n").length).toBeLessThan(5);
  });

  it("an IPv6-only client fetches a page by the host's own IPv4 address when it masquerades, from the ports given", async () => {
    home.write("", "", 'mode = "masquerade"\npool = [{ address = "198.18.64.1", tcp = [20000, 20999] }]');
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(lab.client.run(`curl -sf -m 5 -g '${PAGE}'`)).toMatch(/^hello 203\.0\.113\.1 20\d\d\d$/);
    expect(lab.client.run("ping -6 -c 1 -W 2 2001:db8:64::203.0.113.2")).toContain("1 received");
  });

  it("masquerades with the lab switch off: real prefixes work, and what is not global unicast is refused", async () => {
    home.writeWhole('prefix = "2a0a:1:64::/80"\n[local-exit]\nmode = "masquerade"\n[metrics]\nlisten = "off"');
    lab.client.run("ip -6 address add 2a0a:1:c::2/64 dev eth0 nodad preferred_lft forever");
    lab.peer.run("ip -6 address add 2a0a:1:c::1/64 dev c0 nodad; ip address add 11.0.0.1/24 dev s0");
    lab.server.run("ip address add 11.0.0.2/24 dev eth0");
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(lab.client.run("ping -6 -c 1 -W 2 -I 2a0a:1:c::2 2a0a:1:64::11.0.0.2")).toContain("1 received");
    const refused = lab.client.run("ping -6 -c 1 -W 1 -I 2a0a:1:c::2 2a0a:1:64::203.0.113.2 || true");
    expect(refused).toContain("0 received");
    const client = await DaemonClient.connect(home.socket);
    expect((await client.ask("counters")).engine.drops).toMatchObject({ "refused-destination": 1 });
    client.close();
  });
});
