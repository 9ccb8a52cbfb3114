/** The program itself: arguments, signals, exit codes, what it serves. Runs what is in `dist/`. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pinOf } from "@nat64/peer-protocol/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
      stdout: expect.stringMatching(/^nat64-coordinator: .*\n\nUsage: /),
      stderr: "",
    });
    expect(run("-V")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^nat64-coordinator \d+\.\d+\.\d+\n$/),
      stderr: "",
    });
  });

  it.each([["--nope"], ["stray"], ["--config"]])("%s is a usage error: 64 and a sentence", (...args) => {
    expect(run(...args)).toEqual({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(/^nat64-coordinator: .*\nTry nat64-coordinator --help\.\n$/s),
    });
  });

  it("--check-config prints what is wrong, with 78", () => {
    expect(run("--check-config", "-c", home.config)).toEqual({ code: 0, stdout: `${home.config}: good\n`, stderr: "" });
    home.write('mode = "closed"');
    expect(run("--check-config", "-c", home.config)).toEqual({
      code: 78,
      stdout: "",
      stderr: `${home.config}:20:1: enrolment.mode: expected one of "open", "invite", "list", found "closed"\n`,
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
      stderr: expect.stringMatching(/key\.pem holds no private key in PEM/),
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
      msg: "could not start",
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
    expect(running!.log.at(-1)?.msg).toBe("stopped");
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
    expect(refused.problems).toMatchObject([expect.stringMatching(/:20:1: enrolment\.mode: /)]);

    home.write(`mode = "list"\npeers = ["${identityOf("other").peerId}"]`, "[limits]\npeers = 7\n");
    running!.process.kill("SIGHUP");
    expect(await peer.take("error")).toMatchObject({ code: "not-enrolled" });
    expect(await peer.take("goodbye")).toMatchObject({ reason: "refused" });
    expect(await running!.message("changed in the file, but needs a restart")).toMatchObject({ tables: ["limits"] });
    await running!.message("configuration reloaded");
    const again = await TlsPeer.connect(port, identityOf("six"));
    again.hello("v6peer");
    expect(await again.take("error")).toMatchObject({ code: "not-enrolled" });
    expect(await running!.stop()).toBe(0);
  });
});
