import { readFileSync } from "node:fs";
import { CHECK_CODES, type Finding } from "@nat64/v6peer-daemon/check";
import type { Status } from "@nat64/v6peer-daemon/client";
import { type DaemonConfig, parseConfig } from "@nat64/v6peer-daemon/config";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DOCTOR_CODES, type DoctorFinding, found } from "../src/commands/doctor/codes.ts";
import { judgeDaemon } from "../src/commands/doctor/daemon.ts";
import { judgeAnswers } from "../src/commands/doctor/dns64.ts";
import { withoutGuesses } from "../src/commands/doctor/guesses.ts";
import { dnsQuery, MIN_QUERY_BYTES } from "../src/commands/doctor/prefix/dns-query.ts";
import { isSettled, judgePrefix, type PrefixEvidence } from "../src/commands/doctor/prefix/evidence.ts";
import { judgeSizes } from "../src/commands/doctor/prefix/examine-prefix.ts";
import { judgeTraces, relaysOf } from "../src/commands/doctor/relay/examine-relay.ts";
import type { Trace } from "../src/commands/doctor/relay/trace.ts";
import { v6peer } from "./support/run.ts";

const short = ({ severity, code }: Finding) => `${severity} ${code}`;
const LEVELS = ["ok", "info", "warn", "error"];
const WORST = new Map(Object.entries({ ...CHECK_CODES, ...DOCTOR_CODES }).map(([code, { worst }]) => [code, worst]));
const isAllowed = ({ code, severity }: Finding) =>
  LEVELS.indexOf(severity) <= LEVELS.indexOf(WORST.get(code) ?? "none");

describe("what packets from the prefix mean", () => {
  const place = {
    prefix: "2001:db8:64::/80",
    device: "eth0",
    gateway: "fe80::1",
    target: "2001:db8:f::2",
    own: "2001:db8:a::2",
  };
  it.each<[PrefixEvidence, string]>([
    [{ solicited: 0, arrived: 3, answered: 1, control: 1 }, "ok prefix-routed"],
    [{ solicited: 0, arrived: 3, answered: 0, control: 0 }, "ok prefix-routed"],
    [{ solicited: 0, arrived: 3, answered: 0, control: 1 }, "warn prefix-far"],
    [{ solicited: 3, arrived: 0, answered: 0, control: 1 }, "error prefix-on-link"],
    [{ solicited: 1, arrived: 0, answered: 0, control: 0 }, "error prefix-on-link"],
    [{ solicited: 1, arrived: 3, answered: 1, control: 1 }, "info prefix-proxied"],
    [{ solicited: 0, arrived: 0, answered: 0, control: 1 }, "error prefix-lost"],
    [{ solicited: 0, arrived: 0, answered: 0, control: 0 }, "warn prefix-probe"],
  ])("%o: %s", (evidence, expected) => {
    expect(short(judgePrefix(evidence, place))).toBe(expected);
  });

  it("says more only if more can come", () => {
    const count = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(count, count, count, count, (solicited, arrived, answered, control) => {
        const evidence = { solicited, arrived: arrived + answered, answered, control };
        const verdict = judgePrefix(evidence, place);
        expect(isAllowed(verdict)).toBe(true);
        expect(verdict.severity === "ok" || (verdict.advice ?? "").length > 10).toBe(true);
        if (!isSettled(evidence)) return;
        expect(short(judgePrefix({ ...evidence, arrived: evidence.arrived + 5 }, place))).toBe("ok prefix-routed");
      }),
    );
  });

  it.each([
    ["a target that does not answer says nothing about sizes", false, false, false, []],
    ["the large one is answered", true, true, false, ["ok path-mtu"]],
    ["in pieces", true, true, true, ["ok path-mtu"]],
    ["the large one vanishes", true, false, false, ["warn path-mtu"]],
    ["in spite of Packet Too Big", true, false, true, ["warn path-mtu"]],
  ])("%s", (_, small, large, tooBig, expected) => {
    const sizes = { small: { bytes: 1280, answered: small }, large: { bytes: 1500, answered: large }, tooBig };
    expect(judgeSizes(sizes, place.target).map(short)).toEqual(expected);
  });
});

describe("a query that any root name server answers", () => {
  it("is `. IN NS`, with one OPT record that pads it to the size that was asked for", () => {
    const query = Buffer.from(dnsQuery(0xbeef, 1232));
    expect(query).toHaveLength(1232);
    expect(query.subarray(0, 17).toString("hex")).toBe("beef00000001000000000001" + "0000020001");
    expect(query.subarray(17, 26).toString("hex")).toBe("00002904d000000000");
    // All that follows is the option, and all of the option is padding.
    expect(query.readUInt16BE(26)).toBe(1232 - 28);
    expect([query.readUInt16BE(28), query.readUInt16BE(30)]).toEqual([12, 1232 - 32]);
    expect(dnsQuery(1, 0)).toHaveLength(MIN_QUERY_BYTES);
  });
});

describe("which relay it is", () => {
  const [a, b, relay, other] = ["2001:db8:a::1", "2001:db8:b::1", "2001:db8:b1::2", "2001:db8:b9::2"];
  const silent = undefined;

  it.each<[string, Trace, readonly string[]]>([
    [
      "the last hop",
      [
        [a, relay, silent],
        [a, relay, silent],
      ],
      [relay],
    ],
    [
      "two, where flows end at two",
      [
        [a, relay],
        [a, other],
      ],
      [relay, other].sort(),
    ],
    [
      "one, where flows take two ways to it",
      [
        [a, relay],
        [b, relay],
      ],
      [relay],
    ],
    [
      "the furthest, where an answer was lost",
      [
        [a, relay],
        [a, silent],
      ],
      [relay],
    ],
    [
      "one behind a silent router",
      [
        [silent, relay],
        [silent, relay],
      ],
      [relay],
    ],
    ["none, where nobody answers", [[silent, silent]], []],
    ["none without flows", [], []],
  ])("%s", (_, trace, expected) => {
    expect(relaysOf(trace)).toEqual(expected);
  });

  it("is told with its time; several for one address are not supported, different ones for two addresses are", () => {
    const times = new Map([[relay, 1.23]]);
    expect(judgeTraces([[[relay]]], times)).toEqual([
      { code: "relay-path", severity: "ok", message: expect.stringContaining("2001:db8:b1::2 (1.2 ms)") },
    ]);
    expect(judgeTraces([[[relay], [other]]], times).map(short)).toEqual(["warn relay-spread"]);
    expect(judgeTraces([[[relay]], [[other]]], times).map(short)).toEqual(["ok relay-path", "ok relay-path"]);
    expect(judgeTraces([[[silent]]], times).map(short)).toEqual(["info relay-path"]);
  });
});

describe("what a resolver's answers for ipv4only.arpa mean", () => {
  const config = parseConfig(
    'prefix = "2001:db8:64::/80"\nextra-prefixes = ["64:ff9b::/96"]\nlab = true\n[local-exit]\nmode = "masquerade"\n',
  ) as DaemonConfig;
  it.each<[readonly string[], string, RegExp]>([
    [[], "info dns64", /no DNS64/],
    [["2001:db8:64::c000:aa", "2001:db8:64::c000:ab"], "ok dns64", /uses 2001:db8:64::\/96, the prefix of this peer/],
    [["64:ff9b::192.0.0.170"], "ok dns64", /the prefix of this peer/],
    [["2001:db8:65::c000:aa"], "info dns64", /uses 2001:db8:65::\/96, not 2001:db8:64::\/96/],
    [["2001:db8:65::c000:aa", "2001:db8:64::c000:aa"], "ok dns64", /2001:db8:64::\/96 is the prefix of this peer/],
    [["2001:db8::1", "nonsense"], "info dns64", /no DNS64/],
  ])("%j", (answers, expected, words) => {
    const finding = judgeAnswers("192.0.2.53", answers, config);
    expect(short(finding)).toBe(expected);
    expect(finding.message).toMatch(words);
  });
});

describe("what the daemon says of itself", () => {
  const config = parseConfig(
    'prefix = "2001:db8:64::/80"\nlab = true\n[coordinator]\nhost = "c.example"\nabuse = "a"\n[peer-exits]\ncount = 2\n',
  ) as DaemonConfig;
  const exit = {
    exit: 1,
    state: "up",
    cause: "x",
    sinceMs: 1000,
    rtt: 10,
    loss: 0,
    data: { lost: [] },
    isDraining: false,
    isAway: false,
  };
  const status = (more: object, peer: object = {}) =>
    ({
      version: "0.0.0",
      pid: 1,
      uptimeSeconds: 5,
      config: { path: "/etc/v6peer/v6peer.toml", needsRestart: [] },
      counters: { engine: { sessionsByClass: { settled: 10 } } },
      peer: { registration: "registered", coordinator: { host: "c.example", seconds: 1 }, exits: [exit], ...peer },
      ...more,
    }) as unknown as Status;
  const judge = (more: object, peer: object = {}) =>
    judgeDaemon(status(more, peer), config, "/etc/v6peer/v6peer.toml")
      .filter(({ severity }) => severity !== "ok")
      .map(short);

  it.each<[string, object, object, readonly string[]]>([
    ["one exit of two", {}, {}, ["info exits"]],
    ["two exits of two", {}, { exits: [exit, exit] }, []],
    ["none at all", {}, { exits: [] }, ["error exits"]],
    ["one that is down", {}, { exits: [{ ...exit, state: "down" }] }, ["error exits", "warn exit-path"]],
    ["one that is suspect", {}, { exits: [exit, { ...exit, state: "suspect" }] }, ["info exits", "info exit-path"]],
    ["one that loses much", {}, { exits: [exit, { ...exit, loss: 0.2 }] }, ["warn exit-path"]],
    ["no connection", {}, { registration: "offline", exits: [exit, exit] }, ["warn registration"]],
    ["a refused prefix", {}, { registration: "pausing", exits: [exit, exit] }, ["warn registration"]],
    ["no peers", { peer: undefined }, {}, []],
    [
      "a full table",
      { peer: undefined, counters: { engine: { sessionsByClass: { settled: 65_000 } } } },
      {},
      ["warn sessions"],
    ],
    [
      "a refused reload, and keys that wait",
      { peer: undefined, config: { path: "/etc/v6peer/v6peer.toml", refused: "a\nb", needsRestart: ["prefix"] } },
      {},
      ["warn reload-refused", "warn restart-needed"],
    ],
    ["another file", { peer: undefined, config: { path: "/x", needsRestart: [] } }, {}, ["warn daemon-config"]],
  ])("%s", (_, more, peer, expected) => {
    expect(judge(more, peer)).toEqual(expected);
  });
});

describe("findings of check that others have settled", () => {
  const of = (severity: Finding["severity"], code: string): Finding => ({ severity, code, message: "" });
  const checked = [of("warn", "prefix-on-link"), of("warn", "relay"), of("ok", "running"), of("error", "prefix-route")];
  it.each<[string, DoctorFinding, readonly string[]]>([
    ["nothing", found("info", "prefix-probe", ""), ["prefix-on-link", "relay", "running", "prefix-route"]],
    ["packets", found("error", "prefix-lost", ""), ["relay", "running", "prefix-route"]],
    ["a relay that was found", found("ok", "relay-path", ""), ["prefix-on-link", "running", "prefix-route"]],
    ["a relay that was not", found("info", "relay-path", ""), ["prefix-on-link", "relay", "running", "prefix-route"]],
    ["a daemon that runs", found("ok", "daemon", ""), ["prefix-on-link", "relay", "prefix-route"]],
  ])("by %s", (_, other, expected) => {
    expect(withoutGuesses(checked, [other]).map(({ code }) => code)).toEqual(expected);
  });
});

describe("docs/doctor.md", () => {
  const page = readFileSync(new URL("../../../docs/doctor.md", import.meta.url), "utf8");

  it("has each code with its meaning and fix, and no other (after a change: node scripts/doctor-codes.mjs)", () => {
    const codes = { ...CHECK_CODES, ...DOCTOR_CODES };
    const rows = [...page.matchAll(/^\| <a id="([a-z0-9-]+)"><\/a>`\1` +\| (\w+) +\| (.*?) +\| (.*?) +\|$/gm)];
    expect(rows.map(([, code]) => code)).toEqual(Object.keys(codes));
    for (const [, code, worst, meaning, fix] of rows) {
      const expected = codes[code as keyof typeof codes];
      const plain = (text: string) => text.replaceAll("\\|", "|").replaceAll("&lt;", "<");
      expect([worst, plain(meaning)]).toEqual([expected.worst, expected.meaning]);
      expect(plain(fix)).toBe(expected.worst === "ok" ? "no action needed" : expected.fix);
    }
  });

  it("has every code once", () => {
    expect(Object.keys(CHECK_CODES).filter((code) => code in DOCTOR_CODES)).toEqual([]);
  });

  it("links to codes that there are", () => {
    for (const [, code] of page.matchAll(/\]\(#([a-z0-9-]+)\)/g)) expect([...WORST.keys()]).toContain(code);
  });
});

describe("the command line of doctor", () => {
  it.each([
    ["a target that is no address", ["--target", "example.net"]],
    ["a target of IPv4", ["--target", "192.0.2.1"]],
    ["an argument", ["now"]],
  ])("%s is a usage error", (_, args) => {
    expect(v6peer("doctor", ...args)).toMatchObject({
      code: 64,
      stdout: "",
      stderr: expect.stringMatching(/^v6peer: /),
    });
  });

  it("explains itself", () => {
    const { code, stdout } = v6peer("doctor", "--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/--no-probe[\s\S]*docs\/doctor\.md[\s\S]*Exit codes: 0 no warnings and no errors/);
  });

  it("without a good configuration it is as much as check", () => {
    const { code, stdout } = v6peer("doctor", "--json", "--config", "/nonexistent.toml");
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
    expect(findings[0]).toMatchObject({ code: "config", severity: "error" });
    expect(findings.filter((finding) => !isAllowed(finding))).toEqual([]);
  });
});
