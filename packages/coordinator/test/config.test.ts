import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ConfigFile, type ConfigProblem, machineOptions, parseConfig } from "../src/config/index.ts";

const EXAMPLE = readFileSync(new URL("../coordinator.example.toml", import.meta.url), "utf8");

const MINIMAL = `[tls]
self-signed = "/k.pem"
[teredo]
primary = "198.41.0.4:3544"
secondary = "198.41.0.4:3545"
[prefix-proofs]
source = "[2a00:1450::1]:3544"
[enrolment]
mode = "open"
`;

const problems = (text: string): readonly string[] => {
  const found = parseConfig(text);
  if (!Array.isArray(found)) throw new Error("a good configuration");
  return (found as readonly ConfigProblem[]).map(({ line, key, message }) => `${line} ${key}: ${message}`);
};

describe("the configuration file", () => {
  it("the example is valid, and its commented lines show the defaults", () => {
    const few = parseConfig(EXAMPLE) as ConfigFile;
    expect(few.lab).toBe(true);
    const everything = EXAMPLE.replaceAll(/^# (?=[a-z0-9-]+ = )/gm, "")
      .replace(/^self-signed.*$/m, "")
      .replace('mode = "open"', 'mode = "invite"');
    const all = parseConfig(everything) as ConfigFile;
    expect(all).toMatchObject({ limits: expect.anything() });
    expect(all.limits).toEqual({ ...few.limits, "pair-bandwidth": 100_000_000 });
    for (const table of ["timers", "prefixes", "metrics", "log"] as const) expect(all[table]).toEqual(few[table]);
    expect(all.tls.listen).toEqual(few.tls.listen);
    expect(all.tls.name).toBe(few.tls.name);
    expect(all.teredo.interval).toBe(few.teredo.interval);
    expect(all.control.socket).toBe("/run/nat64-coordinator/control.sock");
  });

  it("the minimal file becomes options of the machine", () => {
    expect(machineOptions(parseConfig(MINIMAL) as ConfigFile)).toMatchObject({
      addresses: ["198.41.0.4", "2a00:1450::1"],
      primary: { address: "198.41.0.4", port: 3544 },
      secondary: { address: "198.41.0.4", port: 3545 },
      proofSource: { address: "2a00:1450::1", port: 3544 },
      keepAliveSeconds: 30,
      solicitationIntervalSeconds: 25,
      limits: { connections: 10_000, pairs: 40_000 },
    });
  });

  it.each([
    [
      "198.41.0.4:3544",
      "192.168.1.1:3544",
      /^4 teredo.primary: 192.168.1.1 is not global \(192.168.0.0\/16: .*\), so no/,
    ],
    [
      "198.41.0.4:3544",
      "198.41.0.4:3545",
      /^4 teredo.primary: the port must be 3544|^5 teredo.secondary: expected an address/,
    ],
    ["198.41.0.4:3545", "198.41.0.4:3544", /^5 teredo.secondary: expected an address or a port other than/],
    ["198.41.0.4:3545", "198.41.0.4", /^5 teredo.secondary: expected an IPv4 address and port .*, found "198.41.0.4"$/],
    ["[2a00:1450::1]:3544", "[fd00::1]:3544", /^7 prefix-proofs.source: fd00::1 is not global/],
    ["[2a00:1450::1]:3544", "198.41.0.4:3544", /^7 prefix-proofs.source: expected an IPv6 address/],
    ['"open"', '"closed"', /^9 enrolment.mode: expected one of "open", "invite", "list", found "closed"$/],
    ['"open"', '"invite"', /^9 enrolment.mode: mode "invite" needs "invites"$/],
    ['"open"', '"list"', /^9 enrolment.mode: mode "list" needs "peers" or "peers-file"$/],
    ['mode = "open"', 'mode = "open"\npears = []', /^10 enrolment.pears: unknown key; did you mean "peers"\?$/],
    ['mode = "open"', 'mode = "open"\npeers = ["x"]', /^10 enrolment.peers\[0\]: expected a peer id/],
    ['self-signed = "/k.pem"', "", /^1 tls: expected either "certificate" and "key", or "self-signed"$/],
    ['self-signed = "/k.pem"', 'key = "/k.pem"', /^1 tls: "certificate" and "key" belong together/],
    [
      'self-signed = "/k.pem"',
      'self-signed = "k.pem"',
      /^2 tls.self-signed: expected the absolute path of a file, found "k.pem"$/,
    ],
    ["[tls]", "[tls", /^2 : not valid TOML: /],
  ])("%j replaced by %j is refused with line and key", (from, to, message) => {
    expect(problems(MINIMAL.replace(from, to))[0]).toMatch(message);
  });

  it("never shows an invite", () => {
    const [problem] = problems(MINIMAL.replace('"open"', '"invite"\ninvites = ["s3cret"]'));
    expect(problem).toBe("10 enrolment.invites[0]: an invite has 8 to 128 printable ASCII characters");
  });
});
