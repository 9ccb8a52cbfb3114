import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "@nat64/v6peer-daemon/config";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCoordinator } from "../src/commands/init/answers.ts";
import type { HostFacts } from "../src/commands/init/host-facts.ts";
import { complaintAbout } from "../src/commands/init/judge.ts";
import { proposeIPv4, proposePrefixes } from "../src/commands/init/proposals.ts";
import { renderConfig } from "../src/commands/init/render.ts";
import { v6peer } from "./support/run.ts";

describe("which /80 is proposed", () => {
  const uplink = { dst: "default", dev: "eth0", gateway: "fe80::1", protocol: "ra" };
  const facts = (...routes: readonly HostFacts["ipv6Routes"][number][]): HostFacts => ({
    addresses: [{ device: "eth0", address: "2a00:1:2:3::10", length: 64 }],
    ipv6Routes: [uplink, { dst: "fe80::/64", dev: "eth0", protocol: "kernel" }, ...routes],
    ipv4Routes: [],
  });
  const propose = (...routes: readonly HostFacts["ipv6Routes"][number][]) => proposePrefixes(facts(...routes), false);

  it("none without routes", () => {
    expect(propose()).toEqual([]);
  });

  it("of the uplink's own /64 a free one, which is said to be on-link", () => {
    expect(propose({ dst: "2a00:1:2:3::/64", dev: "eth0", protocol: "kernel" })).toEqual([
      { prefix: "2a00:1:2:3:64::/80", why: expect.stringContaining("on-link"), isRouted: false },
    ]);
  });

  it("first one of a block that is kept unreachable: only who has it routed does that", () => {
    const proposals = propose(
      { dst: "2a00:1:2:3::/64", dev: "eth0", protocol: "kernel" },
      { dst: "2a00:9:0:1200::/56", type: "unreachable", protocol: "static", dev: "lo" },
    );
    expect(proposals.map(({ prefix, isRouted }) => [prefix, isRouted])).toEqual([
      ["2a00:9:0:1264::/80", true],
      ["2a00:1:2:3:64::/80", false],
    ]);
  });

  it("of the network on another interface, outside of what is in use there", () => {
    const [first] = proposePrefixes(
      {
        ...facts(
          { dst: "2a00:9::/64", dev: "lan0", protocol: "kernel" },
          { dst: "2a00:9:0:0:64::/80", dev: "x", protocol: "static" },
        ),
        addresses: [{ device: "lan0", address: "2a00:9:0:0:65::1", length: 64 }],
      },
      false,
    );
    expect(first).toEqual({
      prefix: "2a00:9:0:0:66::/80",
      why: "in 2a00:9::/64, the network on lan0",
      isRouted: true,
    });
  });

  it("no ULA, and documentation prefixes for laboratories only", () => {
    const routes = [
      { dst: "fd00:1::/48", type: "unreachable" },
      { dst: "2001:db8:5::/48", type: "unreachable" },
    ];
    expect(propose(...routes)).toEqual([]);
    expect(proposePrefixes(facts(...routes), true).map(({ prefix }) => prefix)).toEqual(["2001:db8:5:64::/80"]);
  });

  it("is good, free and inside, whatever the block", () => {
    const word = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word), fc.integer({ min: 32, max: 64 }), ([a, b, c], length) => {
        const groups = [0x2a00, a, b, c];
        const kept = groups.map(
          (group, i) => group & (0xffff << Math.min(16, Math.max(0, 16 * (i + 1) - length))) & 0xffff,
        );
        const dst = `${kept.map((group) => group.toString(16)).join(":")}::/${length}`;
        const proposals = propose({ dst, type: "unreachable" });
        return (
          proposals.length === 1 && complaintAbout("prefix", { prefix: proposals[0].prefix, lab: false }) === undefined
        );
      }),
    );
  });
});

describe("where IPv4 is proposed to leave", () => {
  const facts = (address: string): HostFacts => ({
    addresses: [{ device: "eth0", address, length: 24 }],
    ipv6Routes: [],
    ipv4Routes: [{ dst: "default", dev: "eth0", gateway: "10.0.0.1" }],
  });

  it("from this host if it has a way out, with its public address for the relay", () => {
    expect(proposeIPv4(facts("8.8.4.4"), false)).toEqual({
      exits: "local",
      address: "8.8.4.4",
      relayAddress: "8.8.4.4",
    });
    expect(proposeIPv4(facts("10.0.0.7"), false)).toEqual({ exits: "local", address: "10.0.0.7" });
  });

  it("through peers if it has none", () => {
    expect(proposeIPv4({ ...facts("8.8.4.4"), ipv4Routes: [] }, false)).toEqual({ exits: "peers" });
  });
});

describe("the file", () => {
  it("is one that v6peerd takes, whatever is in its texts", () => {
    const printable = fc.stringMatching(/^[\x20-\x7e]{1,60}$/);
    fc.assert(
      fc.property(
        printable,
        printable,
        fc.boolean(),
        fc.constantFrom("local", "peers", "both"),
        (abuse, invite, listed, exits) => {
          const coordinator = { host: "c.example", port: 4000, abuse, invite, listed };
          const config = parseConfig(
            renderConfig({
              prefix: "2a00:64::/80",
              lab: false,
              exits,
              pool: [],
              coordinator,
              relay: "system",
              bandwidth: "1M",
            }),
          );
          expect(config).toMatchObject({ file: { coordinator } });
        },
      ),
    );
  });

  it.each([
    ["c.example", { host: "c.example" }],
    ["c.example:4000", { host: "c.example", port: 4000 }],
    ["[2001:db8::1]:4000", { host: "2001:db8::1", port: 4000 }],
    ["2001:db8::1", { host: "2001:db8::1" }],
    [" 192.0.2.1 ", { host: "192.0.2.1" }],
  ])("a coordinator is written as %s", (text, expected) => {
    expect(parseCoordinator(text)).toEqual(expected);
  });

  it.each([
    ["prefix", { prefix: "fd00::/80" }, /not globally routable/],
    ["prefix", { prefix: "2001:db8::/80", lab: false }, /documentation prefix/],
    ["prefix", { prefix: "2a00::/64", lab: false }, /length 80, such as 2a00::\/80/],
    ["prefix", { prefix: "2a00:0:0:0:100::/80", lab: false }, /bits 64–71/],
    ["prefix", { prefix: 'a"\n', lab: false }, /not a prefix/],
    ["local-exit.pool", { pool: ["nonsense"] }, /neither an IPv4 nor an IPv6/],
    ["bandwidth", { bandwidth: "lots" }, /bits per second/],
  ])("a bad answer for %s is refused with the reason", (key, answer, reason) => {
    expect(complaintAbout(key, answer)).toMatch(reason);
  });
});

describe("v6peer init", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "v6pi-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const GOOD = ["--yes", "--prefix", "2a00:1:2:3:64::/80", "--exits", "local"];

  it("writes a file that v6peerd takes, readable for owner and group, below directories that it makes", () => {
    const path = join(directory, "etc/v6peer/v6peer.toml");
    const run = v6peer("init", ...GOOD, "--bandwidth", "20M", "--config", path);
    expect(run).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("2a00:1:2:3:64::/96") });
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(loadConfig(path).file).toMatchObject({ prefix: "2a00:1:2:3:64::/80", "local-exit": { mode: "masquerade" } });
  });

  it("never replaces a file unasked, and keeps the one that it replaces", () => {
    const path = join(directory, "there.toml");
    writeFileSync(path, "mine\n");
    const run = v6peer("init", ...GOOD, "--config", path);
    expect(run).toMatchObject({ code: 64, stdout: "", stderr: expect.stringMatching(/exists\. Use --force/) });
    expect(readFileSync(path, "utf8")).toBe("mine\n");
    expect(v6peer("init", ...GOOD, "--force", "--config", path).code).toBe(0);
    expect(readFileSync(`${path}.old`, "utf8")).toBe("mine\n");
    expect(loadConfig(path).file.prefix).toBe("2a00:1:2:3:64::/80");
  });

  it("writes nothing in a dry run, and shows all of it", () => {
    const path = join(directory, "dry.toml");
    const { code, stdout } = v6peer("init", ...GOOD, "--dry-run", "--config", path);
    expect([code, existsSync(path)]).toEqual([0, false]);
    expect(parseConfig(stdout)).toHaveProperty("file");
  });

  it("--json tells what was written", () => {
    const path = join(directory, "json.toml");
    const { code, stdout } = v6peer("init", ...GOOD.slice(1), "--json", "--config", path);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      path,
      written: true,
      prefix: "2a00:1:2:3:64::/80",
      nat64Prefix: "2a00:1:2:3:64::/96",
      config: readFileSync(path, "utf8"),
    });
  });

  it.each([
    ["--prefix", ["--prefix", "fd00::/80"], /^v6peer: --prefix: fd00::\/80 is not globally routable/],
    ["--coordinator", ["--exits", "peers"], /--coordinator is required/],
    ["--abuse", ["--coordinator", "c.example"], /--abuse is required/],
    ["--relay", ["--relay", "builtin"], /--relay needs exits through IPv4 peers/],
    [
      "--pool",
      ["--exits", "peers", "--coordinator", "c", "--abuse", "a", "--pool", "192.0.2.0/28"],
      /--pool needs a local/,
    ],
    ["--pin", ["--pin", "sha256//x"], /--pin requires --coordinator/],
    [
      "--relay-address",
      ["--exits", "both", "--coordinator", "c", "--abuse", "a", "--relay", "builtin", "--relay-address", "10.0.0.1"],
      /--relay-address: 10/,
    ],
    ["--exits", ["--exits", "none"], /^v6peer: option '--exits/],
  ])("a wrong or missing %s is named, and nothing is written", (_, args, reason) => {
    const path = join(directory, "wrong.toml");
    const run = v6peer("init", ...GOOD, ...args, "--config", path);
    expect(run).toMatchObject({ code: 64, stdout: "", stderr: expect.stringMatching(reason) });
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(path)).toBe(false);
  });

  it("without a terminal asks nothing and says what to do", () => {
    expect(v6peer("init", "--config", join(directory, "new.toml"))).toMatchObject({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(/^v6peer: there is no terminal to ask questions on\. Use --yes/),
    });
  });

  it("says why a place cannot be written", () => {
    mkdirSync(join(directory, "taken"));
    const run = v6peer("init", ...GOOD, "--force", "--config", join(directory, "taken"));
    expect(run).toMatchObject({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(/cannot be written: it is a directory/),
    });
    writeFileSync(join(directory, "file"), "");
    const below = v6peer("init", ...GOOD, "--config", join(directory, "file/v6peer.toml"));
    expect(below).toMatchObject({ code: 64, stderr: expect.stringMatching(/cannot be written/) });
  });
});
