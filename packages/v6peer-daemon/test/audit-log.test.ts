import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { matchClient, searchAuditLog } from "@nat64/daemon-kit/audit-log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DaemonClient } from "../src/control/client.ts";
import { DaemonHome, RunningDaemon } from "./support/daemon.ts";
import { CANNOT_RUN } from "./support/namespace.ts";
import { Neighbours } from "./support/neighbours.ts";
import { RunningScript } from "./support/running-script.ts";

const SERVER = `require("node:http").createServer((request, response) => {
  response.end("hello " + request.socket.remoteAddress + " " + request.socket.remotePort);
}).listen(80, "203.0.113.2", () => console.log("listening"));`;

const PAGE = "curl -sf -m 5 -g 'http://[2001:db8:64::203.0.113.2]/'";
const NETWORK = "2001:db8:c::/64";

describe.skipIf(CANNOT_RUN)(`the audit log of v6peerd${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  let lab: Neighbours;
  let home: DaemonHome;
  let server: RunningScript;
  let daemon: RunningDaemon;
  let directory: string;

  beforeEach(async () => {
    lab = new Neighbours();
    home = new DaemonHome();
    directory = join(home.directory, "audit");
    lab.server.run("ip route add 192.0.2.64/28 via 203.0.113.1");
    server = await RunningScript.start(lab.server, SERVER);
  });

  afterEach(async () => {
    await daemon.stop("SIGKILL");
    await server.stop();
    lab.remove();
    home.remove();
  });

  async function start(more: string): Promise<void> {
    home.write("", `[audit-log]\nenabled = true\ndirectory = "${directory}"\n${more}`);
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
  }

  /** Fetches the page; what the server saw. */
  function fetchPage(): { readonly address: string; readonly port: number } {
    const [, address, port] = lab.client.run(PAGE).trim().split(" ");
    return { address, port: Number(port) };
  }

  /** What the log says of a port, from before the daemon was started until now. */
  function ask(port: number, address: string, from: number) {
    return searchAuditLog(directory, {
      window: { from, to: Date.now() },
      isBlock: (block) =>
        block.protocol === "tcp" && block.address === address && block.ports[0] <= port && port <= block.ports[1],
    });
  }

  /** Lines are written within a second or two. */
  async function logged(isThere: () => boolean): Promise<void> {
    await expect.poll(isThere).toBe(true);
  }

  const lines = () =>
    readdirSync(directory)
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => readFileSync(join(directory, name), "utf8"))
      .join("");

  async function status() {
    const client = await DaemonClient.connect(home.socket);
    return client.ask("status").finally(() => client.close());
  }

  it("says which block of ports was in use, and nothing of clients by default", async () => {
    await start("");
    const { address, port } = fetchPage();
    const seenAt = Date.now();
    await logged(() => lines().includes('"event":"block"'));
    const { blocks, isCovered, missing, borrowed } = await ask(port, address, seenAt);
    expect({ isCovered, missing, borrowed }).toEqual({ isCovered: true, missing: 0, borrowed: [] });
    expect(blocks).toHaveLength(1);
    expect(blocks[0].held).not.toHaveProperty("client");
    expect(lines()).not.toContain("2001:db8:c:");
    // Another port, of a block that nobody had.
    expect((await ask(port < 32_768 ? port + 1024 : port - 1024, address, seenAt)).blocks).toEqual([]);
    const [file] = readdirSync(directory);
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o640);
    expect(await daemon.stop()).toBe(0);
    expect(lines()).toMatch(/"event":"stop","at":"[^"]+"}\n$/);
  });

  it("names the client's /64 when the operator wants it, and forgets it when the operator does not any more", async () => {
    await start('clients = "plain"');
    const { address, port } = fetchPage();
    await logged(() => lines().includes(NETWORK));
    const { blocks } = await ask(port, address, Date.now());
    expect(blocks.map(({ held }) => held.client)).toEqual([NETWORK]);
    home.write("", `[audit-log]\nenabled = true\ndirectory = "${directory}"\n`);
    daemon.process.kill("SIGHUP");
    await daemon.message("configuration reloaded");
    const before = lines();
    // What is owned is said again, without the client.
    await logged(
      () => lines().slice(before.length).includes('"event":"block"') || /"clients":"off".*\n.*"block"/.test(lines()),
    );
    expect(lines().slice(lines().indexOf('"clients":"off"'))).not.toContain(NETWORK);
  });

  it("stays where it was, as do the metrics, when the engine refuses the reload that would move them", async () => {
    const tables = "[tables]\nclients = 16\n";
    const logAt = (path: string) => `[audit-log]\nenabled = true\ndirectory = "${path}"\n`;
    const bindings = Array.from(
      { length: 40 },
      (_, n) => `[[local-exit.static-bindings]]
protocol = "tcp"
ipv6 = "2001:db8:c:${n}::1"
ipv6-port = 80
ipv4 = "192.0.2.65"
ipv4-port = ${8000 + n}
`,
    ).join("");
    home.write("", logAt(directory) + tables);
    daemon = new RunningDaemon(lab.peer, home);
    const { metricsPort } = await daemon.message("ready");
    const other = join(home.directory, "other");
    home.write("", `[metrics]\nlisten = "127.0.0.1:9511"\n${logAt(other)}${tables}${bindings}`);
    daemon.process.kill("SIGHUP");
    const { problems } = await daemon.message("new configuration refused, the old one stays");
    expect(problems).toEqual([expect.stringMatching(/table of client prefixes is too small/)]);
    expect((await status()).auditLog).toMatchObject({ directory });
    expect(existsSync(other)).toBe(false);
    expect(lines()).not.toContain('"event":"stop"');
    const scrape = (port: unknown) =>
      lab.peer.run(`curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:${port}/metrics || true`);
    expect([scrape(metricsPort), scrape(9511)]).toEqual(["200", "000"]);
  });

  it("hashes the client's /64 with a key that is its owner's alone: who names a network is told whether it was the one", async () => {
    await start('clients = "hashed"');
    fetchPage();
    await logged(() => lines().includes("hmac-sha256:"));
    expect(lines()).not.toContain("2001:db8:c:");
    const key = readdirSync(directory).find((name) => name.startsWith("key-")) ?? "";
    expect(statSync(join(directory, key)).mode & 0o777).toBe(0o600);
    const name = /"client":"([^"]+)"/.exec(lines())?.[1];
    expect(matchClient(directory, name, NETWORK, Date.now())).toBe("same");
    expect(matchClient(directory, name, "2001:db8:d::/64", Date.now())).toBe("other");
    rmSync(join(directory, key));
    expect(matchClient(directory, name, NETWORK, Date.now())).toBe("key-gone");
  });

  it("a full disk is told and counted, stops no packet, and what is lost stands in the log afterwards", async () => {
    mkdirSync(directory);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=32k", "tmpfs", directory]);
    try {
      writeFileSync(join(directory, "filler"), Buffer.alloc(32 * 1024));
      await start("");
      expect(await daemon.message("the audit log cannot be written")).toMatchObject({ level: 40 });
      expect(fetchPage().address).toMatch(/^192\.0\.2\./);
      await logged(() => daemon.log.length > 0);
      await expect.poll(async () => (await status()).auditLog?.lost ?? 0).toBeGreaterThanOrEqual(2);
      expect((await status()).auditLog).toMatchObject({ trouble: expect.stringContaining("ENOSPC") });
      rmSync(join(directory, "filler"));
      await daemon.message("the audit log can be written again");
      await logged(() => /"event":"lost".*"reason":"ENOSPC"/.test(lines()));
      await expect.poll(async () => (await status()).auditLog).not.toHaveProperty("trouble");
      const metrics = lab.peer.run(`curl -sf http://127.0.0.1:${(await daemon.message("ready")).metricsPort}/metrics`);
      expect(metrics).toMatch(/nat64_audit_log_lost_total [1-9]/);
    } finally {
      await daemon.stop();
      execFileSync("umount", [directory]);
    }
  });

  it("a laboratory keeps none unless it is told to", async () => {
    home.write();
    daemon = new RunningDaemon(lab.peer, home);
    await daemon.message("ready");
    expect(await status()).not.toHaveProperty("auditLog");
  });
});
