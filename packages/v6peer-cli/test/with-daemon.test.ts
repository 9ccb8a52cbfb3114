import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Finding } from "@nat64/v6peer-daemon/check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLI, v6peer } from "./support/run.ts";

const DAEMON = fileURLToPath(new URL("../../v6peer-daemon/bin/v6peerd.js", import.meta.url));
const CANNOT_RUN = process.getuid?.() === 0 ? undefined : "needs root";

describe.skipIf(CANNOT_RUN)(`v6peer with a daemon${CANNOT_RUN ? ` (skipped: ${CANNOT_RUN})` : ""}`, () => {
  const namespace = `v6pc-${randomBytes(4).toString("hex")}`;
  const directory = join(tmpdir(), namespace);
  const socket = join(directory, "control.sock");
  const config = join(directory, "v6peer.toml");
  let daemon: ChildProcess;

  beforeAll(async () => {
    mkdirSync(directory);
    writeFileSync(
      config,
      `prefix = "2001:db8:64::/80"\nextra-prefixes = ["64:ff9b::/96"]\nbandwidth = "100M"\nlab = true\n[local-exit]\nmode = "pool"\npool = ["192.0.2.64/28"]\n` +
        `[control]\nsocket = "${socket}"\n[metrics]\nlisten = "off"\n`,
    );
    execFileSync("ip", ["netns", "add", namespace]);
    daemon = spawn("ip", ["netns", "exec", namespace, process.execPath, DAEMON, "--config", config]);
    let log = "";
    const ended = once(daemon, "close").then(() => {
      throw new Error(`v6peerd ended: ${log}`);
    });
    ended.catch(() => {});
    while (!log.includes('"ready"')) {
      const [chunk] = (await Promise.race([once(daemon.stdout ?? daemon, "data"), ended])) as [Buffer];
      log += String(chunk);
    }
  });

  afterAll(async () => {
    if (daemon.exitCode === null) {
      const closed = once(daemon, "close");
      daemon.kill("SIGTERM");
      await closed;
    }
    execFileSync("ip", ["netns", "delete", namespace]);
    rmSync(directory, { recursive: true });
  });

  it("status shows prefix, exit and counts", () => {
    const { code, stdout, stderr } = v6peer("status", "--config", config);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/v6peerd \d+\.\d+\.\d+, running for/);
    expect(stdout).toMatch(/NAT64 prefix\s+2001:db8:64::\/96, 64:ff9b::\/96/);
    expect(stdout).toMatch(
      /Bandwidth\s+100 Mbit\/s each way\n\s+from clients\s+0 B, nothing queued, 0 packets dropped/,
    );
    expect(stdout).toMatch(/Exit\s+pool 192\.0\.2\.64\/28/);
    expect(stdout).toMatch(/Sessions\s+0, bindings 0, client prefixes \(\/64, \/56, \/48\) 0/);
    expect(stdout).toMatch(/Fragments\s+0 packets followed, 0 packets waiting/);
  });

  it("status --json is JSON", () => {
    const status = JSON.parse(v6peer("status", "--socket", socket, "--json").stdout);
    expect(status).toMatchObject({
      pid: daemon.pid,
      nat64Prefix: "2001:db8:64::/96",
      bandwidth: { up: { rate: 100_000_000 }, down: { rate: 100_000_000 }, source: "configuration" },
      exit: { mode: "pool" },
    });
  });

  it("status --watch looks again and again until interrupted", async () => {
    const watch = spawn(process.execPath, [CLI, "status", "--watch", "0.1", "--json", "--socket", socket]);
    let text = "";
    while (text.split("\n").length < 4) {
      const [chunk] = (await once(watch.stdout, "data")) as [Buffer];
      text += String(chunk);
    }
    const closed = once(watch, "close");
    watch.kill("SIGINT");
    await closed;
    const uptimes = text
      .split("\n")
      .slice(0, 3)
      .map((line) => (JSON.parse(line) as { pid: number }).pid);
    expect(new Set(uptimes)).toEqual(new Set([daemon.pid]));
  });

  it("sessions lists none when there are none, and refuses a wrong filter with 64", () => {
    expect(v6peer("sessions", "--socket", socket, "--json")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(v6peer("sessions", "--socket", socket, "--client", "nobody")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("nobody"),
    });
  });

  it("explain takes the prefixes of the running daemon", () => {
    const { stdout } = v6peer("explain", "2001:db8:64::12:808:808", "--socket", socket, "--json");
    expect(JSON.parse(stdout).embeddings).toMatchObject([
      { origin: "daemon", selector: { value: "0012", use: "pinned" } },
    ]);
  });

  it("check finds nothing wrong while v6peerd runs", () => {
    const { code, findings } = checkInside();
    expect(findings.filter((each) => each.severity === "error")).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining({ code: "running", severity: "ok" }));
    expect(code).toBe(0);
  });

  it("check finds taken routes, dropping firewalls and prefixes that are on-link", () => {
    inside("ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up");
    inside("ip -6 address add 2001:db8:64::5/64 dev up0 nodad; ip route add 192.0.2.64/28 dev up0 metric 5");
    inside("nft 'table inet strict { chain f { type filter hook forward priority 0; policy drop; }; }'");
    const { code, findings } = checkInside();
    expect(code).toBe(1);
    expect(findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: "prefix-on-link", severity: "warn" }),
        expect.objectContaining({ code: "pool-route", severity: "error" }),
        expect.objectContaining({ code: "firewall-forward", severity: "error" }),
        expect.objectContaining({ code: "default-ipv4", severity: "warn" }),
      ]),
    );
    inside("ip route del 192.0.2.64/28 dev up0; ip address add 192.0.2.66/32 dev up0");
    expect(checkInside().findings).toContainEqual(
      expect.objectContaining({ code: "pool-own-address", severity: "error" }),
    );
    inside("nft delete table inet strict; ip link delete up0");
  });

  function inside(command: string): void {
    execFileSync("ip", ["netns", "exec", namespace, "sh", "-ec", command]);
  }

  function checkInside(): { readonly code: number | null; readonly findings: readonly Finding[] } {
    const command = ["netns", "exec", namespace, process.execPath, CLI, "check", "--json", "--config", config];
    const { status, stdout } = spawnSync("ip", command, { encoding: "utf8" });
    return { code: status, findings: (JSON.parse(stdout) as { findings: Finding[] }).findings };
  }
});
