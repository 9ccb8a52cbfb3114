/** The real program from `dist/`: arguments, signals, exit codes, HTTP, control socket. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pinOf } from "@nat64/peer-protocol/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CoordinatorClient } from "../src/control/client.ts";
import { CoordinatorProcess, Home, PROGRAM } from "./support/coordinator-process.ts";
import { identityOf } from "./support/peers.ts";
import { TlsPeer } from "./support/tls-peer.ts";

function run(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: "utf8",
    timeout: 20_000,
  });
  return { code: status, stdout, stderr };
}

let home: Home;
let running: CoordinatorProcess | undefined;
beforeEach(() => {
  home = new Home();
});
afterEach(async () => {
  await running?.stop("SIGKILL");
  running = undefined;
  home.remove();
});

async function start(): Promise<{ port: number; pin: string; prefixes: number; metrics: number }> {
  running = new CoordinatorProcess(home);
  const { ports, pin, prefixesPort, metricsPort } = await running.message("ready");
  return {
    port: (ports as number[])[0],
    pin: pin as string,
    prefixes: prefixesPort as number,
    metrics: metricsPort as number,
  };
}

describe("the command line", () => {
  it("has --help and --version", () => {
    expect(run("--help")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Usage: nat64-coordinator .*\n\nRun the coordinator/),
      stderr: "",
    });
    expect(run("-V")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^nat64-coordinator \d+\.\d+\.\d+\n$/),
      stderr: "",
    });
  });

  it.each([
    ["--nope"],
    ["stray"],
    ["--config"],
    ["--config", ""],
    ["--check-config", "--print-pin"],
    ["status", "--nope"],
  ])("%s is a usage error: 64 and a sentence", (...args) => {
    expect(run(...args)).toEqual({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(/^nat64-coordinator: .*\n.*Try nat64-coordinator --help\.\n$/s),
    });
  });

  it("--check-config prints what is wrong, with 78", () => {
    expect(run("--check-config", "-c", home.config)).toEqual({ code: 0, stdout: `${home.config}: good\n`, stderr: "" });
    home.write('mode = "closed"');
    expect(run("--check-config", "-c", home.config)).toEqual({
      code: 78,
      stdout: "",
      stderr: `${home.config}:22:1: enrolment.mode: expected one of "open", "invite", "list", found "closed"\n`,
    });
    expect(run("-c", "/nonexistent.toml")).toMatchObject({
      code: 78,
      stderr: "/nonexistent.toml:1:1: cannot be read: there is no such file\n",
    });
    const peers = join(home.directory, "peers");
    writeFileSync(peers, `${identityOf("six").peerId} # mine\n\nnonsense\n`);
    home.write(`mode = "list"\npeers-file = "${peers}"`);
    expect(run("-c", home.config)).toMatchObject({
      code: 78,
      stderr: `${peers}:3:1: expected a peer id: 32 characters of a to z and 2 to 7\n`,
    });
  });

  it("--print-pin creates the key once, readable only by its owner, and prints the same pin each time", () => {
    const first = run("--print-pin", "-c", home.config);
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^sha256\/\/[A-Za-z0-9+/]{43}=\n$/),
      stderr: "",
    });
    expect(statSync(home.key).mode & 0o777).toBe(0o600);
    expect(run("--print-pin", "-c", home.config)).toEqual(first);
    writeFileSync(home.key, "nonsense");
    expect(run("--print-pin", "-c", home.config)).toMatchObject({
      code: 71,
      stderr: expect.stringMatching(/key\.pem contains no private key in PEM/),
    });
  });

  it("an address that this host does not have is 71 and a line in the log", async () => {
    home.write('mode = "open"', '[log]\nlevel = "info"');
    const config = home.config;
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace('bind-primary = "127.0.0.1:0"', 'bind-primary = "192.0.2.1:3544"'),
    );
    const { code, stdout } = run("-c", config);
    expect(code).toBe(71);
    expect(JSON.parse(stdout)).toMatchObject({
      level: 60,
      msg: expect.stringMatching(/^could not start/),
      reason: expect.stringContaining("192.0.2.1"),
    });
  });
});

describe("the program", () => {
  it("accepts peers that pin the key, serves prefixes and metrics, and says goodbye when it stops", async () => {
    const { port, pin, prefixes, metrics } = await start();
    expect(run("--print-pin", "-c", home.config).stdout).toBe(`${pin}\n`);
    const peer = await TlsPeer.connect(port, identityOf("six"));
    expect(pinOf(peer.socket.getPeerX509Certificate()!)).toBe(pin);
    peer.hello("v6peer");
    expect(await peer.take("welcome")).toMatchObject({
      peer: identityOf("six").peerId,
      observed: "127.0.0.1",
      addresses: ["192.0.2.1", "192.0.2.2", "2001:db8:c::1"],
    });

    const list = await fetch(`http://127.0.0.1:${prefixes}/prefixes`);
    expect(await list.json()).toEqual({ prefixes: [] });
    expect(list.headers.get("access-control-allow-origin")).toBe("*");
    expect((await fetch(`http://127.0.0.1:${prefixes}/prefixes`, { method: "POST", body: "x" })).status).toBe(405);
    expect((await fetch(`http://127.0.0.1:${prefixes}/`)).status).toBe(404);
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    expect(text).toMatch(/^coordinator_connections 1$/m);
    expect(text).toMatch(/^coordinator_messages_in_total\{type="hello"\} 1$/m);
    expect(text).toMatch(/^coordinator_peers\{role="v6peer",state="known"\} 1$/m);
    expect(text).toMatch(/^coordinator_teredo_drops_total\{reason="not-authenticated"\} 0$/m);

    running!.process.kill("SIGTERM");
    expect(await peer.take("drain")).toEqual({ type: "drain", within: 0 });
    expect(await peer.take("goodbye")).toMatchObject({ reason: "restart", reconnectAfter: 2 });
    await peer.ended;
    expect(await running!.ended).toBe(0);
    expect(running!.log.at(-1)?.msg).toMatch(/^stopped/);
  });

  it("a second signal skips the wait", async () => {
    home.write('mode = "open"', "");
    writeFileSync(home.config, readFileSync(home.config, "utf8").replace("drain = 0", "drain = 3600"));
    await start();
    running!.process.kill("SIGTERM");
    await running!.message("stopping");
    expect(await running!.stop("SIGINT")).toBe(0);
  });

  it("reloads enrolment on SIGHUP, and keeps its configuration if the file is invalid", async () => {
    const { port } = await start();
    const peer = await TlsPeer.connect(port, identityOf("six"));
    peer.hello("v6peer");
    await peer.take("welcome");

    home.write('mode = "closed"');
    running!.process.kill("SIGHUP");
    const refused = await running!.message("new configuration refused, the old one stays");
    expect(refused.problems).toMatchObject([expect.stringMatching(/:22:1: enrolment\.mode: /)]);

    home.write(`mode = "list"\npeers = ["${identityOf("other").peerId}"]`, "[limits]\npeers = 7\n");
    running!.process.kill("SIGHUP");
    expect(await peer.take("error")).toMatchObject({ code: "not-enrolled" });
    expect(await peer.take("goodbye")).toMatchObject({ reason: "refused" });
    expect(await running!.message("changed in the file, but needs a restart")).toMatchObject({
      keys: ["limits.peers"],
    });
    await running!.message("configuration reloaded");
    const again = await TlsPeer.connect(port, identityOf("six"));
    again.hello("v6peer");
    expect(await again.take("error")).toMatchObject({ code: "not-enrolled" });
    expect(await running!.stop()).toBe(0);
  });
});

describe("a running coordinator", () => {
  it("shows its state: peers, pairs, limits, and whether the last reload was refused", async () => {
    const { port, pin } = await start();
    const peer = await TlsPeer.connect(port, identityOf("six"));
    peer.hello("v6peer");
    await peer.take("welcome");
    const shown = run("status", "-c", home.config, "--json");
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(shown.stdout)).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      pid: running!.process.pid,
      uptimeSeconds: expect.any(Number),
      draining: false,
      config: { needsRestart: [] },
      pin,
      enrolment: "open",
      peers: { v6peer: { known: 1, registered: 0 }, v4peer: { known: 0, registered: 0 } },
      pairs: { live: 0, up: 0, down: 0, draining: 0, proposed: 0 },
      prefixes: { proved: 0, listed: 0 },
      usage: { connections: { used: 1, limit: 10_000 }, peers: { used: 1, limit: 10_000 } },
    });
    home.write('mode = "closed"');
    running!.process.kill("SIGHUP");
    await running!.message("new configuration refused, the old one stays");
    const { stdout } = run("status", "--socket", home.socket);
    expect(stdout).toMatch(/^IPv6 peers {2}0 registered, 1 known$/m);
    expect(stdout).toMatch(/^limits {6}connections {3}1 of 10000 \(0 %\)$/m);
    expect(stdout).toMatch(/^ +the last reload was refused: .*enrolment\.mode: expected one of/m);
  });

  it("lists its peers, without addresses unless asked", async () => {
    const { port } = await start();
    const peers = [];
    for (const [name, role] of [
      ["four", "v4peer"],
      ["six", "v6peer"],
    ] as const) {
      const peer = await TlsPeer.connect(port, identityOf(name));
      peer.hello(role);
      await peer.take("welcome");
      peers.push(peer);
    }
    const table = run("peers", "-c", home.config);
    expect(table).toMatchObject({ code: 0, stderr: "" });
    const [header, six, four, ...rest] = table.stdout.split("\n");
    expect(header).toMatch(/^PEER +ROLE +STATE +SINCE +NAT +PAIRS +UP\/DOWN\/\? +PREFIX +SOFTWARE$/);
    expect(six).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4} {2}v6peer {2}connected /);
    expect(four).toMatch(/ v4peer {2}connected /);
    expect(rest).toEqual([""]);
    expect(table.stdout).not.toContain("127.0.0.1");
    const lines = run("peers", "-c", home.config, "--json", "--addresses").stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: identityOf("six").peerId, role: "v6peer", state: "connected", address: "127.0.0.1" },
      { id: identityOf("four").peerId, role: "v4peer", state: "connected", address: "127.0.0.1" },
    ]);
    expect(run("peers", "-c", home.config, "--json").stdout).not.toContain("127.0.0.1");
  });

  it("reloads on request, and its socket is for owner and group only", async () => {
    await start();
    expect(statSync(home.socket).mode & 0o777).toBe(0o660);
    const client = await CoordinatorClient.connect(home.socket);
    expect(await client.reload()).toEqual({ accepted: true, applied: [], needsRestart: [], problems: [] });
    home.write('mode = "closed"');
    expect(await client.reload()).toMatchObject({
      accepted: false,
      problems: [expect.stringMatching(/enrolment\.mode/)],
    });
    client.close();
    expect(await running!.stop()).toBe(0);
    expect(existsSync(home.socket)).toBe(false);
  });

  it("refuses to start a second time at the same socket", async () => {
    await start();
    const { code, stdout } = run("run", "-c", home.config);
    expect(code).toBe(71);
    expect(JSON.parse(stdout)).toMatchObject({ reason: expect.stringContaining(home.socket) });
    expect(run("status", "-c", home.config).code).toBe(0);
  });
});

it.each(["status", "peers"])("%s ends with 69 and a sentence if no coordinator runs", (command) => {
  expect(run(command, "-c", home.config)).toEqual({
    code: 69,
    stdout: "",
    stderr: expect.stringMatching(/^nat64-coordinator: nat64-coordinator is not .*control\.sock/),
  });
  expect(run(command, "-c", "/nonexistent.toml").code).toBe(78);
});
