import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLI, v6peer } from "./support/run.ts";

describe("v6peer without a daemon", () => {
  let directory: string;
  let socket: string;
  let config: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "v6pc-"));
    socket = join(directory, "control.sock");
    config = join(directory, "v6peer.toml");
    writeFileSync(
      config,
      `prefix = "2001:db8:64::/80"\nlab = true\n[local-exit]\nmode = "masquerade"\n[control]\nsocket = "${socket}"\n`,
    );
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(["--help", "help", "check --help", "status --help", "sessions --help", "explain --help", "drain --help"])(
    "%s explains itself and exits 0",
    (args) => {
      const run = v6peer(...args.split(" "));
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toMatch(/^Usage: v6peer/);
    },
  );

  it("--version is one line", () => {
    expect(v6peer("--version")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^v6peer \d+\.\d+\.\d+\n$/),
      stderr: "",
    });
  });

  it.each([
    ["nothing at all", []],
    ["an unknown command", ["destroy"]],
    ["an unknown option", ["status", "--nope"]],
    ["explain without an address", ["explain"]],
    ["explain with two addresses", ["explain", "::1", "::2"]],
    ["a limit that is no number", ["sessions", "--limit", "many"]],
    ["a protocol that is none", ["sessions", "--protocol", "sctp"]],
    ["seconds below the least", ["status", "--watch", "0"]],
    ["a drain with a time that is none", ["drain", "--within", "soon"]],
    ["a drain of more than an hour", ["drain", "--within", "3601"]],
    ["a drain of an exit without a name", ["drain", ""]],
    ["a drain of two exits", ["drain", "1", "2"]],
    ["a drain that is cancelled within a time", ["drain", "--cancel", "--within", "5"]],
    ["text that is no address", ["explain", "nonsense"]],
    ["a prefix that is none", ["explain", "::1", "--prefix", "bad"]],
    ["an empty configuration path", ["check", "--config", ""]],
    ["an empty configuration path of a command that asks the daemon", ["status", "--config="]],
    ["an empty path of a new configuration", ["init", "--yes", "--config", ""]],
    ["an empty socket path", ["status", "--socket", ""]],
    ["an empty path of a letter", ["abuse", "::1", "--letter", ""]],
  ])("%s is a usage error: 64, a sentence, no stack", (_, args) => {
    const run = v6peer(...args);
    expect(run.code).toBe(64);
    expect(run.stdout).toBe("");
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(run.stderr).toMatch(args.length === 0 ? /^Usage: v6peer/ : /^v6peer: .{10}/);
  });

  it.each(["status", "sessions"])("%s says that v6peerd is not running and what to do, and exits 69", (command) => {
    const run = v6peer(command, "--config", config);
    expect(run).toEqual({
      code: 69,
      stdout: "",
      stderr: `v6peer: v6peerd is not running (no socket at ${socket}). Start it with \`systemctl start v6peerd\`, or pass --socket.\n`,
    });
  });

  it.each([
    ["status"],
    ["sessions"],
    ["drain"],
    ["drain", "--cancel"],
    ["explain", "::1"],
    ["status", "--socket", "/nonexistent.sock"],
  ])("%s says what is wrong with the configuration that was named, and exits 78", (...args) => {
    const [wrong, absent] = [join(directory, "wrong.toml"), join(directory, "absent.toml")];
    writeFileSync(wrong, 'prefix = "fd00::/80"\n[local-exit]\nmode = "masquerade"\n');
    expect(v6peer(...args, "--config", wrong)).toEqual({
      code: 78,
      stdout: "",
      stderr: expect.stringMatching(/wrong\.toml:1:1: prefix: fd00::\/80 is not globally routable/),
    });
    expect(v6peer(...args, "--config", absent)).toEqual({
      code: 78,
      stdout: "",
      stderr: `${absent}:1:1: cannot be read: there is no such file\n`,
    });
  });

  it("a socket that speaks something else is reported, not believed", async () => {
    const path = join(directory, "other.sock");
    const server: Server = createServer((connection) =>
      connection.on("error", () => {}).end("HTTP/1.1 400 Bad\r\n\r\n"),
    );
    await new Promise<void>((resolve) => server.listen(path, resolve));
    // Asynchronous, because the server answers in this process.
    const { spawn } = await import("node:child_process");
    const child = spawn(process.execPath, [CLI, "status", "--socket", path]);
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += String(chunk);
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    server.close();
    expect({ code, stderr }).toEqual({
      code: 69,
      stderr: expect.stringMatching(/does not speak|closed the connection/),
    });
  });

  it("explain uses the prefix of the configuration", () => {
    const { code, stdout } = v6peer("explain", "2001:db8:64::808:808", "--config", config);
    expect(code).toBe(0);
    expect(stdout).toMatch(/NAT64 prefix\s+2001:db8:64::\/96 \(of the configuration\)/);
    expect(stdout).toMatch(/Selector\s+0000 \(automatic/);
  });

  it("explain --names looks up the names of an address", () => {
    // Nothing leaves this host: this one is in its /etc/hosts.
    const { code, stdout } = v6peer("explain", "127.0.0.1", "--names");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Names in the DNS:\n {2}127\.0\.0\.1 {2}[a-z]/);
  });

  it("explain --json is JSON", () => {
    const { stdout } = v6peer("explain", "64:ff9b::808:808", "--json", "--config", config);
    expect(JSON.parse(stdout)).toMatchObject({ family: 6, embeddings: [{ ipv4: { address: "8.8.8.8" } }] });
  });

  it("check finds what is wrong with the configuration and exits 1", () => {
    const wrong = join(directory, "wrong.toml");
    writeFileSync(wrong, 'prefix = "fd00::/80"\n[local-exit]\nmode = "pool"\npools = []\n');
    const { code, stdout } = v6peer("check", "--config", wrong, "--json");
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: { code: string; severity: string; message: string }[] };
    expect(findings.filter((each) => each.code === "config").map((each) => each.message)).toEqual([
      expect.stringContaining(`${wrong}:1:1: prefix: fd00::/80 is not globally routable`),
      `${wrong}:4:1: local-exit.pools: unknown key; did you mean "pool"?`,
    ]);
    expect(findings.map((each) => each.code)).toContain("addon");
  });

  it.each([
    ["there is no such file", "absent.toml"],
    ["it is a directory", ""],
  ])("check of a file that cannot be read (%s) says so, still checks the host, and exits 78", (reason, name) => {
    const { code, stdout } = v6peer("check", "--config", join(directory, name));
    expect(code).toBe(78);
    expect(stdout).toContain(reason);
    expect(stdout).toContain("/dev/net/tun");
  });

  it("writes no colours into a pipe, and bears that its reader goes away", () => {
    expect(v6peer("explain", "::1").stdout).not.toContain("\x1b");
    const command = `set -o pipefail; '${process.execPath}' '${CLI}' explain ::1 --config '${config}' | true; echo "codes ${"$"}{PIPESTATUS[*]}"`;
    expect(execFileSync("bash", ["-c", command], { encoding: "utf8" })).toBe("codes 0 0\n");
  });
});
