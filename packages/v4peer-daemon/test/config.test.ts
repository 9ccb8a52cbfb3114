import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "@nat64/daemon-kit/command-line";
import { ConfigFileError } from "@nat64/daemon-kit/config";
import { refusedRows } from "@nat64/daemon-kit/exit-policy";
import { Command, CommanderError } from "commander";
import { afterAll, describe, expect, test } from "vitest";
import { addConfigOptions, type ConfigOptions, loadFromOptions } from "../src/command-line/config-options.ts";
import { checkAll } from "../src/commands/check/check-all.ts";
import { noticesOf } from "../src/commands/run/notices.ts";
import { loadConfig } from "../src/config/load.ts";
import { findPair } from "../src/control/find-pair.ts";
import { protocolPolicy } from "../src/policy/exit-policy.ts";
import { publicAddress } from "../src/policy/public-address.ts";
import { createProgram } from "../src/program.ts";

const directory = mkdtempSync(join(tmpdir(), "v4peer-config-"));
const path = join(directory, "v4peer.toml");
afterAll(() => rmSync(directory, { recursive: true }));

const MINIMUM = '[coordinator]\nhost = "c.example"\n';

function load(text: string) {
  writeFileSync(path, text);
  return loadConfig(path);
}

function complaint(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigFileError) return error.message.replaceAll(path, "FILE");
    throw error;
  }
  throw new Error("the configuration was accepted");
}

const fromArguments = (...args: string[]) =>
  loadFromOptions(addConfigOptions(new Command()).parse(args, { from: "user" }).opts<ConfigOptions>());

describe("the example", () => {
  const example = readFileSync(fileURLToPath(new URL("../v4peer.example.toml", import.meta.url)), "utf8");

  test("is good, and says nothing but the defaults", () => {
    const { coordinator, ...rest } = load(example);
    const { coordinator: _, ...defaults } = load(`lab = true\n${MINIMUM}`);
    expect(rest).toEqual(defaults);
    expect(coordinator.host).toBe("192.0.2.1");
  });

  test("is good, too, with every comment that holds a key taken away, and those are the defaults", () => {
    const whole = example.replaceAll(/^# (?=\[\[|[a-z-]+ = )/gm, "");
    const { exit, log, metrics, host } = load(whole);
    const defaults = load(MINIMUM);
    const chosen = { bandwidth: 20_000_000, publish: exit.publish, networks: exit.networks };
    expect(exit).toEqual({ ...defaults.exit, ...chosen });
    expect([log, metrics]).toEqual([defaults.log, defaults.metrics]);
    expect(host).toEqual({ ...defaults.host, "way-out": "eth0" });
    expect(exit.publish).toEqual([
      { ports: [443, 443], protocol: "tcp", address: "192.168.1.10", alias: "192.0.0.11" },
    ]);
  });
});

describe("a wrong configuration says file, line, key and what is expected", () => {
  test.each([
    ["", "FILE:1:1: coordinator: expected a table with the coordinator's host, found nothing"],
    [`${MINIMUM}port = "x"`, 'FILE:3:1: coordinator.port: expected a whole number from 1 to 65535, found "x"'],
    [`${MINIMUM}prot = 1`, "FILE:3:1: coordinator.prot: unknown key; expected one of host, port, pin, ca, invite"],
    [
      `${MINIMUM}pin = "sha256//x"`,
      'FILE:3:1: coordinator.pin: expected the SHA-256 of a public key, sha256// and 44 characters of base64, as the coordinator prints it, found "sha256//x"',
    ],
    [
      `${MINIMUM}[exit]\nbandwidth = 1`,
      'FILE:4:1: exit.bandwidth: expected bits per second such as "20M", from 8000 to 1000000000000, found 1',
    ],
    [
      `${MINIMUM}[exit]\nbandwidth = "fast"`,
      'FILE:4:1: exit.bandwidth: expected bits per second such as "20M", from 8000 to 1000000000000, found "fast"',
    ],
    [`${MINIMUM}[exit]\nmax-pairs = 65`, "FILE:4:1: exit.max-pairs: expected a whole number from 1 to 64, found 65"],
    [`${MINIMUM}[[exit.publish]]\nports = [9, 1]`, "FILE:4:1: exit.publish[0].ports: the first port is above the last"],
    [
      `${MINIMUM}[[exit.publish]]\nports = 1\nalias = "192.0.0.8"`,
      'FILE:5:1: exit.publish[0].alias: expected an address in 192.0.0.0/24 above 192.0.0.10, found "192.0.0.8"',
    ],
    [
      `${MINIMUM}[host]\ninterface = "a b"`,
      'FILE:4:1: host.interface: expected a name for a network interface: 1 to 15 letters, digits, "-" and "_", found "a b"',
    ],
    [
      `${MINIMUM}[peers]\nwants = ["x"]`,
      'FILE:4:10: peers.wants[0]: expected a peer id: 32 characters a to z and 2 to 7, found "x"',
    ],
  ])("%j", (text, expected) => {
    expect(complaint(text)).toBe(expected);
  });

  test("all problems at once, and a network with host bits among them", () => {
    const networks = '[[exit.networks]]\nnetwork = "192.168.1.1/24"\nprotocol = "sctp"\nports = 0\n';
    expect(complaint(MINIMUM + networks).split("\n")).toEqual([
      'FILE:4:1: exit.networks[0].network: "192.168.1.1/24" has bits set after the first 24.',
      'FILE:5:1: exit.networks[0].protocol: expected one of "tcp", "udp", found "sctp"',
      "FILE:6:1: exit.networks[0].ports: expected a port, or [first, last], found 0",
    ]);
  });

  test("what stands on the command line is looked for there, and not in the file", () => {
    writeFileSync(path, `${MINIMUM}[exit]\nmax-pairs = 2`);
    expect(() => fromArguments("--config", path, "--max-pairs", "65")).toThrow(
      "the command line: exit.max-pairs: expected a whole number from 1 to 64, found 65",
    );
  });

  test("an invite is a secret that no message shows", () => {
    expect(complaint(`${MINIMUM}invite = "${"secret".repeat(30)}"`)).not.toContain("secret");
  });

  test("no TOML", () => expect(complaint("[coordinator\n")).toContain("not valid TOML"));

  test("no file", () => {
    expect(() => loadConfig(join(directory, "none.toml"))).toThrow("there is no such file");
  });
});

describe("the command line", () => {
  test("is enough by itself, and wins over the file", () => {
    const config = fromArguments(
      "--coordinator",
      "c.example:1234",
      "--internet",
      "--bandwidth",
      "2.5M",
      "--publish",
      "53/udp",
    );
    expect(config.coordinator).toEqual({ host: "c.example", port: 1234 });
    expect(config.exit).toMatchObject({ internet: true, bandwidth: 2_500_000 });
    expect(config.exit.publish).toEqual([{ ports: [53, 53], protocol: "udp" }]);
    writeFileSync(path, `${MINIMUM}port = 9\n[exit]\nmax-pairs = 2`);
    const both = fromArguments("--config", path, "--coordinator", "d.example", "--max-pairs", "3");
    expect([both.coordinator, both.exit["max-pairs"]]).toEqual([{ host: "d.example", port: 9 }, 3]);
  });

  test.each([
    ["[2001:db8::1]:99", { host: "2001:db8::1", port: 99 }],
    ["2001:db8::1", { host: "2001:db8::1", port: 3544 }],
    ["192.0.2.1", { host: "192.0.2.1", port: 3544 }],
  ])("--coordinator %s", (text, expected) => {
    expect(fromArguments("--coordinator", text).coordinator).toEqual(expected);
  });

  test.each([
    [[], "(outputHelp)"],
    [["fly"], "unknown command 'fly'"],
    [["run", "status"], "too many arguments for 'run'"],
    [["run", "--publish", "http"], "Expected PORT"],
    [["run", "--bandwidth", "fast"], "bits per second"],
    [["run", "--max-pairs", "abc"], "argument 'abc' is invalid. Expected a whole number"],
    [["run", "--udp-port="], "--udp-port"],
    [["run", "--nonsense"], "unknown option '--nonsense'"],
    [["run", "--config", ""], "Expected a path"],
    [["run", "--ca", ""], "Expected a path"],
    [["run", "--identity", ""], "Expected a path"],
    [["status", "--socket", ""], "Expected a path"],
    [["drain", "--within", "soon"], "whole number of seconds from 0 to 3600"],
    [["drain", "--within", "3601"], "whole number of seconds from 0 to 3600"],
    [["drain", "--within", "-5"], "whole number of seconds from 0 to 3600"],
    [["run", "--internet=yes"], "--internet"],
    [["run"], "no coordinator given: use --coordinator HOST"],
    [["run", "--internet", "--pin", "sha256//AAAA"], "no coordinator given"],
    [["check"], "no coordinator given"],
    [["unpair"], "missing required argument 'peer'"],
    [["unpair", "abcd", "efgh"], "too many arguments for 'unpair'"],
  ])("%j is a usage error", async (args, expected) => {
    const program = createProgram(() => {});
    for (const each of [program, ...program.commands]) each.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    const error = await program.parseAsync(args, { from: "user" }).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error instanceof CommanderError || error instanceof UsageError).toBe(true);
    expect((error as Error).message).toContain(expected);
  });
});

describe("a pair that is named", () => {
  const pair = (peer: string, prefix: string) => ({ id: `id of ${peer}`, peer, prefix });
  const pairs = [pair("abcdefgh", "2001:db8:1::/80"), pair("abcdxxxx", "2001:db8:2::/80")];

  test.each(["abcdef", "abcdefgh", "2001:db8:1::/80"])("%s is found", (name) => {
    expect(findPair(pairs, name)).toBe(pairs[0]);
  });

  test.each([
    ["abcd", /more than one pair fits "abcd"; pairs: abcdefgh, abcdxxxx/],
    ["abc", /there is no pair with "abc"/],
    ["", /there is no pair/],
  ])("%j is refused", (name, message) => {
    expect(() => findPair(pairs, name)).toThrow(message);
  });
});

describe("what follows from it", () => {
  test("the consequences of --internet are told, and what would be without", () => {
    expect(noticesOf(fromArguments("--coordinator", "c"))).toContain("Nothing is forwarded");
    expect(noticesOf(fromArguments("--coordinator", "c", "--internet"))).toContain("Complaints");
    expect(noticesOf(fromArguments("--coordinator", "c", "--publish", "80"))).toContain("from anywhere");
  });

  test("services are told under their alias, and reached under pool, selector and address", () => {
    const service = { address: "192.168.1.10", protocol: "tcp", firstPort: 80, lastPort: 81 } as const;
    const { exit } = fromArguments("--coordinator", "c", "--publish", "80");
    const { services } = protocolPolicy(exit, [{ ...service, alias: "192.0.0.11" }, service]);
    expect(services.map(({ network }) => network)).toEqual(["192.0.0.11/32", "192.168.1.10/32"]);
    expect(publicAddress("2001:db8:64::/80", 0xab, service)).toBe("[2001:db8:64::ab:192.168.1.10]:80-81/tcp");
  });

  test("the ports that design §3 names are refused", () => {
    const rows = refusedRows(fromArguments("--coordinator", "c").exit);
    const ports = (wanted: number) =>
      rows.flatMap(({ protocol, firstPort, lastPort }) => (protocol === wanted ? [[firstPort, lastPort]] : []));
    expect(ports(6)).toEqual([
      [25, 25],
      [139, 139],
      [445, 445],
    ]);
    expect(ports(17)).toEqual([
      [19, 19],
      [123, 123],
      [137, 139],
      [389, 389],
      [1900, 1900],
      [11_211, 11_211],
    ]);
  });
});

describe("v4peer check", () => {
  const check = (...args: string[]) => checkAll(fromArguments(...args));
  const detailOf = async (what: string, ...args: string[]) =>
    (await check(...args)).find((finding) => finding.what === what)?.detail;

  test("a CA that cannot be read is a sentence", async () => {
    expect(await detailOf("coordinator", "--coordinator", "127.0.0.1", "--ca", "/nope")).toBe(
      "/nope: there is no such file (ENOENT)",
    );
  });

  test("a coordinator that is not there, or has IPv6 only, is a sentence", async () => {
    expect(await detailOf("coordinator", "--coordinator", "127.0.0.1:1")).toBe(
      "nothing listens at 127.0.0.1:1; check address and port, and that the program there is running (ECONNREFUSED)",
    );
    expect(await detailOf("uplink", "--coordinator", "::1")).toBe(
      "::1 is an IPv6 address; name the coordinator by its IPv4 address or its host name",
    );
  });

  test("a configuration that is missing is 78", () => {
    const program = fileURLToPath(new URL("../bin/v4peer.js", import.meta.url));
    const missing = join(directory, "none.toml");
    const run = spawnSync(process.execPath, [program, "check", "-c", missing], { encoding: "utf8" });
    expect([run.status, run.stdout, run.stderr]).toEqual([
      78,
      "",
      `${missing}:1:1: cannot be read: there is no such file\n`,
    ]);
  });
});
