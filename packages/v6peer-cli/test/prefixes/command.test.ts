/** `v6peer prefixes` and `v6peer dns64` as commands, against a daemon that is a socket with canned answers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CLI, type Run } from "../support/run.ts";

const [OWN, TRUSTED, STRANGER] = [
  "nrfrhkbnnrvand7pu4ab336lv7sqruj5",
  "25mnilb75omaivj6mwj4m5lq62qzw7iu",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];
const LIST = [
  { prefix: "2001:db8:64::/80", peer: OWN, health: "up", exits: 4, bandwidth: 100_000_000, abuse: "abuse@example.net" },
  { prefix: "2001:db8:65::/80", peer: TRUSTED, health: "degraded", exits: 0, abuse: "abuse@example.org" },
  { prefix: "2001:db8:66::/80", peer: STRANGER, health: "down", exits: 0, abuse: "https://example.com/abuse" },
];

const isRoot = process.getuid?.() === 0;

let directory: string;
let config: string;
let server: Server;
let pages: readonly (readonly object[])[];

beforeEach(async () => {
  pages = [LIST];
  directory = mkdtempSync(join(tmpdir(), "v6pc-"));
  config = join(directory, "v6peer.toml");
  writeFileSync(
    config,
    `prefix = "2001:db8:64::/80"
lab = true
[local-exit]
mode = "masquerade"
[coordinator]
host = "coordinator.example.net"
abuse = "abuse@example.net"
listed = true
[control]
socket = "${join(directory, "s")}"
[sharing]
trusted = ["${TRUSTED}"]
`,
  );
  server = createServer((socket) => {
    socket.on("data", (line) => {
      const { id, method } = JSON.parse(String(line)) as { id: number; method: string };
      if (method === "status") {
        socket.write(`${JSON.stringify({ v: 1, id, result: { draining: { openSessions: [] } } })}\n`);
        return;
      }
      for (const part of pages) socket.write(`${JSON.stringify({ v: 1, id, part })}\n`);
      socket.write(`${JSON.stringify({ v: 1, id, result: { listed: 3, complete: true } })}\n`);
    });
  });
  server.listen(join(directory, "s"));
  await once(server, "listening");
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** Runs `v6peer` with the configuration; nothing is sent through prefixes. */
function v6peer(...args: readonly string[]): Promise<Run> {
  return run([process.execPath, CLI, ...args, "--config", config]);
}

async function run([program, ...args]: readonly string[]): Promise<Run> {
  const child = spawn(program, args);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    said.stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    said.stderr += String(chunk);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}

describe("v6peer prefixes", () => {
  it("lists each prefix on a line, and says what a list is worth", async () => {
    expect(await v6peer("prefixes", "--no-probe")).toEqual({
      code: 0,
      stderr: "",
      stdout: `\
PREFIX            FROM HERE  COORDINATOR SAYS   BANDWIDTH   PEER                          COMPLAINTS TO
2001:db8:64::/80  -          up, 4 exits        100 Mbit/s  nrfr-hkbn-nrva-nd7p  own      abuse@example.net
2001:db8:65::/80  -          degraded, 0 exits  -           25mn-ilb7-5oma-ivj6  trusted  abuse@example.org
2001:db8:66::/80  -          down               -           aaaa-aaaa-aaaa-aaaa           https://example.com/abuse

Your 2001:db8:64::/80 is listed.
Listing says nothing about the operator of a prefix. v6peer dns64 uses only trusted ones.
`,
    });
  });

  it("gives programs all of it", async () => {
    const { stdout } = await v6peer("prefixes", "--no-probe", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      source: "v6peerd",
      complete: true,
      unusable: 0,
      own: { prefix: "2001:db8:64::/80", wanted: true, listed: true },
      prefixes: [{ relation: "own", nat64Prefix: "2001:db8:64::/96" }, { relation: "trusted" }, { relation: "listed" }],
    });
  });

  it("shows a part of a long list, and says so", async () => {
    const { stdout } = await v6peer("prefixes", "--no-probe", "--limit", "1");
    expect(stdout).toContain("2 more; see --limit");
    expect(stdout).not.toContain("2001:db8:65::/80");
  });

  it("says when nothing is shared, and that the own prefix is not there", async () => {
    pages = [];
    const { stdout } = await v6peer("prefixes");
    expect(stdout).toContain("No prefixes are shared.");
    expect(stdout).toContain("is not listed yet");
  });
});

describe("v6peer dns64", () => {
  it("prints configuration for the own prefix and those of trusted identities, and for no stranger's", async () => {
    const { code, stdout, stderr } = await v6peer("dns64", "bind", "--no-probe", "--active", "3");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/^dns64 .*/gm)).toEqual(["dns64 2001:db8:64::/96 {", "dns64 2001:db8:65::/96 {"]);
  });

  it("takes who is trusted on the command line, too", async () => {
    const args = ["--no-probe", "--active", "3", "--trust", `${STRANGER}=2001:db8:77::/80`];
    const { stdout } = await v6peer("dns64", "bind", ...args);
    expect(stdout).toContain("dns64 2001:db8:77::/96 {");
    expect(stdout).not.toContain("2001:db8:66::");
  });

  it("gives programs what it knows", async () => {
    const { stdout } = await v6peer("dns64", "unbound", "--no-probe", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      server: "unbound",
      prefixes: ["2001:db8:64::/96"],
      candidates: [{ origin: "own" }, { origin: "trusted", peer: TRUSTED }],
      lines: expect.arrayContaining(["    dns64-prefix: 2001:db8:64::/96"]),
    });
  });

  it.skipIf(!isRoot)(
    "writes a file once, though no prefix works: 1 (needs root, for a network of its own)",
    async () => {
      const text = readFileSync(config, "utf8");
      writeFileSync(config, `${text}failures = 1\ntargets = ["192.0.2.1:1"]\n`);
      const file = join(directory, "dns64.conf");
      const watch = ["dns64", "watch", "bind", "--once", "--check", "", "--reload", "", "--file", file];
      const argv = ["unshare", "--net", process.execPath, CLI, ...watch, "--config", config];
      expect(await run(argv)).toMatchObject({
        code: 1,
        stdout: expect.stringContaining("none of them works at the moment"),
      });
      expect(readFileSync(file, "utf8")).toContain(`# ${TRUSTED} has 2001:db8:65::/80\n`);
    },
  );

  it("never writes over a file that somebody else wrote: 64", async () => {
    const file = join(directory, "mine.conf");
    writeFileSync(file, "options { };\n");
    expect(await v6peer("dns64", "watch", "bind", "--once", "--file", file)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("was not written by v6peer dns64"),
    });
    expect(readFileSync(file, "utf8")).toBe("options { };\n");
  });

  it.each([
    ["a server that is none", ["dns64", "watch", "dnsmasq"]],
    ["a peer id that is none", ["dns64", "bind", "--trust", "somebody"]],
    ["a prefix of no length of RFC 6052", ["dns64", "bind", "--prefix", "2001:db8::/80"]],
    ["four prefixes at once", ["dns64", "bind", "--active", "4"]],
    ["a target that is a name", ["prefixes", "--target", "example.net:80"]],
    ["a list that is no URL", ["prefixes", "--list", "file:///etc/passwd"]],
    ["radvd without an interface", ["dns64", "radvd", "--no-probe"]],
    [
      "radvd's own file without an interface",
      ["dns64", "watch", "radvd", "--once", "--file", "/nonexistent/radvd.conf"],
    ],
    ["an interface that is none", ["dns64", "radvd", "--interface", "eth0; }"]],
    ["no command of dns64", ["dns64"]],
  ])("%s is a usage error: 64, no stack", async (_, args) => {
    const { code, stdout, stderr } = await v6peer(...args);
    expect(code).toBe(64);
    expect(stdout).toBe("");
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});
