import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientNames } from "@nat64/daemon-kit/audit-log";
import { UsageError } from "@nat64/daemon-kit/command-line";
import { composeLetter, LETTER_LANGUAGES } from "@nat64/daemon-kit/complaints";
import fc from "fast-check";
import { createColors } from "picocolors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../src/address/explain.ts";
import type { Complaint } from "../src/commands/abuse/complaint.ts";
import { investigate } from "../src/commands/abuse/investigate.ts";
import { readComplaintAddress } from "../src/commands/abuse/read-address.ts";
import { renderReport } from "../src/commands/abuse/render.ts";
import type { Known } from "../src/daemon/known.ts";
import { v6peer } from "./support/run.ts";

const DAY = "2031-05-17";
const AT = Date.parse(`${DAY}T12:00:00Z`);
const PEER = "nrfrhkbnnrvand7pu4ab336lv7sqruj5";
/** Server 192.0.2.1, mapped address 203.0.113.9, port 40000. */
const TEREDO = "2001:0:c000:201:0:63bf:34ff:8ef6";
const PREFIX = "2a0a:1:64::/80";

const directory = mkdtempSync(join(tmpdir(), "v6pa-"));
const log = join(directory, "audit");
afterAll(() => rmSync(directory, { recursive: true }));

beforeAll(() => {
  mkdirSync(log);
  const names = new ClientNames(log, "hashed");
  const block = { exit: 0, protocol: "tcp", address: "198.51.100.64" };
  const line = (time: string, record: object) => JSON.stringify({ at: `${DAY}T${time}Z`, ...record });
  const text = [
    line("06:00:00", { event: "start", program: "v6peerd 1", clients: "plain" }),
    line("06:00:01", {
      event: "pair",
      pair: "x",
      place: 1,
      peer: PEER,
      selector: 5,
      ports: [20480, 24575],
      teredo: TEREDO,
    }),
    line("09:00:00", { event: "block", ...block, ports: [4096, 4159], client: "2001:470:c::/64" }),
    line("09:00:00", { event: "block", ...block, ports: [4160, 4223], client: names.name("2001:470:c::/64", AT) }),
    line("09:00:00", { event: "block", ...block, ports: [4224, 4287] }),
    line("11:00:00", { event: "borrowed", ...block, ports: [4224, 4287] }),
    line("11:30:00", { event: "block", exit: 1, protocol: "udp", ports: [20480, 20543], client: "2001:470:d::/64" }),
    line("12:00:10", { event: "block-end", ...block, ports: [4096, 4159] }),
    line("12:00:20", { event: "block", ...block, ports: [4096, 4159], client: "2001:470:e::/64" }),
    line("18:00:00", { event: "stop" }),
  ];
  writeFileSync(join(log, `audit-${DAY}.jsonl`), `${text.join("\n")}\n`);
});

const KNOWN: Known = {
  source: "config",
  prefixes: [PREFIX, "64:ff9b::/96"],
  exits: [],
  bans: [],
  hasPeerExits: true,
  hostAddresses: ["198.51.100.1"],
  local: {
    mode: "pool",
    pool: ["198.51.100.64/28"],
    staticBindings: [{ protocol: "tcp", ipv4: "198.51.100.65", port: 80 }],
  },
  lab: false,
  auditLog: log,
  contact: "abuse@example.net",
};
const NOBODY: Known = {
  source: "nobody",
  prefixes: [],
  exits: [],
  bans: [],
  hasPeerExits: false,
  hostAddresses: [],
  lab: false,
};

function look(text: string, more: Partial<Complaint> = {}, known: Known = KNOWN) {
  return investigate({ ...readComplaintAddress(text), ...more }, known);
}

/** Within a minute of noon. */
const NOON = { window: { from: AT - 60_000, to: AT + 60_000 }, time: new Date(AT).toISOString() };
const around = (time: string) => {
  const ms = Date.parse(`${DAY}T${time}Z`);
  return { window: { from: ms - 60_000, to: ms + 60_000 }, time: new Date(ms).toISOString() };
};

describe("the address in a complaint", () => {
  it.each([
    ["2A0A:1:64:0:0:0:c633:6402", "2a0a:1:64::c633:6402", undefined],
    ["[2a0a:1:64::c633:6402]", "2a0a:1:64::c633:6402", undefined],
    ["[2a0a:1:64::c633:6402]:443", "2a0a:1:64::c633:6402", 443],
    ["2a0a:1:64::198.51.100.2/128", "2a0a:1:64::c633:6402", undefined],
    ["2a0a:1:64::c633:6402%eth0", "2a0a:1:64::c633:6402", undefined],
    ["http://user@[2a0a:1:64::c633:6402]:8080/path?q", "2a0a:1:64::c633:6402", 8080],
    ["2.0.4.6.3.3.6.c.0.0.0.0.0.0.0.0.0.0.0.0.4.6.0.0.1.0.0.0.a.0.a.2.ip6.arpa.", "2a0a:1:64::c633:6402", undefined],
    ["198.51.100.64:4100", "198.51.100.64", 4100],
    ["198.51.100.64/32", "198.51.100.64", undefined],
    ["::ffff:198.51.100.64", "198.51.100.64", undefined],
    [" 198.51.100.64\n", "198.51.100.64", undefined],
  ])("%j is read", (text, address, port) => {
    expect(readComplaintAddress(text)).toEqual({
      address,
      family: address.includes(":") ? 6 : 4,
      ...(port !== undefined && { port }),
    });
  });

  it.each([
    "",
    "example.net",
    "198.51.100.64:99999",
    "2a0a:1:64::/80",
    "1.2.3",
    "\u001b[31m",
    "::1 ::2",
    "a".repeat(5000),
    "[::1",
    "1.2.3.4/24",
  ])("%j is refused in a sentence", (text) => {
    expect(() => readComplaintAddress(text)).toThrow(UsageError);
    try {
      readComplaintAddress(text);
    } catch (error) {
      expect((error as Error).message).not.toContain("\u001b");
      expect((error as Error).message.length).toBeLessThan(400);
    }
  });

  it("any text is read or refused, and what is read gets a letter in every language", async () => {
    const hex = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const inPrefix = fc.tuple(hex, hex, hex).map((groups) => `2a0a:1:64:0:0:${groups.join(":")}`);
    const any = fc.oneof(fc.string({ maxLength: 60 }), fc.ipV6(), fc.ipV4(), inPrefix);
    await fc.assert(
      fc.asyncProperty(any, fc.option(fc.nat(65_535), { nil: undefined }), async (text, port) => {
        try {
          const report = await look(text, { ...(port !== undefined && { port }), ...NOON });
          for (const language of LETTER_LANGUAGES) composeLetter(report, report.subject, { language });
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("an IPv6 address of the prefix", () => {
  it("with a global IPv4 address is its owner's", async () => {
    const report = await look("2a0a:1:64::808:808");
    expect(report).toMatchObject({
      subject: { kind: "embedded", prefix: PREFIX, ipv4: "8.8.8.8", isOwnPool: false },
      certainty: { level: "certain" },
    });
  });

  it("with an address of the own pool is another client's", async () => {
    const known = { ...KNOWN, local: { mode: "pool" as const, pool: ["8.8.8.0/28"], staticBindings: [] } };
    expect((await look("2a0a:1:64::808:808", {}, known)).subject).toMatchObject({ kind: "embedded", isOwnPool: true });
  });

  it("at a time names the IPv4 peers that may have carried it", async () => {
    const { peers, log: said } = await look("2a0a:1:64::808:808", NOON);
    expect(peers).toMatchObject([{ peer: PEER, selector: "0005", mapped: { address: "203.0.113.9" }, source: "log" }]);
    expect(said).toBe("covers the time given");
  });

  it("under a pinned selector with a private address is the IPv4 peer's, whom the log names", async () => {
    const report = await look("2a0a:1:64::5:c0a8:10a", NOON);
    expect(report).toMatchObject({
      subject: {
        kind: "published",
        ipv4: "192.168.1.10",
        selector: "0005",
        exit: { peer: PEER, mapped: "203.0.113.9", mappedPort: 40_000, wasAtTheTime: true },
      },
      certainty: { level: "certain" },
    });
  });

  it("… and the daemon, less surely, when no time was given", async () => {
    const exits = [{ selector: 5, peer: PEER, state: "up", teredo: TEREDO }];
    const report = await look("2a0a:1:64::5:c0a8:10a", {}, { ...KNOWN, source: "daemon", exits });
    expect(report.subject).toMatchObject({ exit: { peer: PEER, wasAtTheTime: false } });
    expect(report.certainty.level).toBe("likely");
  });

  it("… and nobody, for another selector or another time", async () => {
    for (const [text, more] of [
      ["2a0a:1:64::6:c0a8:10a", NOON],
      ["2a0a:1:64::5:c0a8:10a", around("03:00:00")],
    ] as const) {
      const report = await look(text, more);
      expect(report.subject).not.toHaveProperty("exit");
      expect(report.certainty.level).toBe("unknown");
    }
  });

  it.each([
    ["2a0a:1:64::a00:1", "never-translated"],
    ["2a0a:1:64::ffff:0:1", "translator"],
    ["2a0a:1:64::ffff:0:2", "unused"],
    ["2a0a:1:64::ff00:808:808", "unused"],
    ["64:ff9b::808:808", "embedded"],
    ["2a0a:1:65::808:808", "foreign"],
    ["2001:db8::1", "foreign"],
    [TEREDO, "foreign"],
  ])("%s is of the kind %s", async (text, kind) => {
    expect((await look(text)).subject.kind).toBe(kind);
  });

  it("that is the Teredo address of an exit is told by the log, and by the daemon", async () => {
    const expected = { subject: { kind: "teredo", mapped: "203.0.113.9", mappedPort: 40_000 } };
    expect(await look(TEREDO, NOON)).toMatchObject({ ...expected, certainty: { level: "certain" } });
    const exits = [{ selector: 5, peer: PEER, state: "up", teredo: TEREDO }];
    expect(await look(TEREDO, {}, { ...KNOWN, exits })).toMatchObject({ ...expected, certainty: { level: "likely" } });
  });

  it("in a laboratory is read as the laboratory's engine does", async () => {
    const lab = { ...KNOWN, prefixes: ["2001:db8:64::/80"], lab: true };
    expect((await look("2001:db8:64::c633:6402", {}, lab)).subject.kind).toBe("embedded");
    expect((await look("2001:db8:64::a00:1", {}, lab)).subject.kind).toBe("never-translated");
    expect((await look("2001:db8:64::a00:1", {}, { ...lab, hasPeerExits: false })).subject.kind).toBe("embedded");
  });
});

describe("with neither a daemon nor a configuration", () => {
  it("an address is read as that of a /80, and the doubt is told", async () => {
    const report = await look("2a0a:1:64::808:808", NOON, NOBODY);
    expect(report).toMatchObject({ subject: { kind: "embedded", prefix: PREFIX, ipv4: "8.8.8.8" } });
    expect(report.certainty.level).toBe("likely");
    expect(report.warnings.join()).toContain("is this address in your prefix?");
  });

  it.each(["8.8.8.8", "fe80::1", "2a0a:1:64:0:ff00::1", "::1"])(
    "of %s nothing can be said, and that is said",
    async (text) => {
      await expect(look(text, {}, NOBODY)).rejects.toThrow(UsageError);
    },
  );
});

describe("an IPv6 address of somebody else", () => {
  it.each([
    ["2a0a:2::808:808", "8.8.8.8"],
    ["2001:db8:99::c633:6402", "198.51.100.2"],
    ["2a0a:2::1", "0.0.0.1"],
  ])("%s: the report says that it would embed %s under a /96", async (address, ipv4) => {
    const report = await look(address);
    expect(report).toMatchObject({ subject: { kind: "foreign", prefix: PREFIX }, under96: { ipv4 } });
    const output = { line: () => {}, colors: createColors(false), isTerminal: false };
    expect(renderReport(report, output).join("\n")).toMatch(
      new RegExp(
        `^It is +not an address of this peer: not in ${PREFIX}; in a NAT64 prefix .*/96, it would embed ${ipv4}$`,
        "m",
      ),
    );
  });

  it.each(["fe80::1", "2a0a:2:0:0:ff00::1", TEREDO])("%s embeds nothing under any /96", async (address) => {
    const report = await look(address);
    expect(report.subject.kind).toBe("foreign");
    expect(report).not.toHaveProperty("under96");
  });
});

describe("v6peer explain and v6peer abuse", () => {
  const POLICIES = [
    { lab: false, hasPeerExits: true },
    { lab: true, hasPeerExits: true },
    { lab: true, hasPeerExits: false },
  ] as const;
  const hex = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const ipv4 = fc.oneof(fc.ipV4(), fc.constantFrom("198.51.100.2", "192.168.1.10", "10.0.0.1", "0.0.0.1", "8.8.8.8"));
  const selector = fc.oneof(hex, fc.constantFrom("0", "5", "ff00", "ffff"));
  const prefix = fc.constantFrom("2a0a:1:64:0:0", "2001:db8:64:0:0", "2001:db8:99:0:0", "2a0a:2:0:0:0", "fe80:0:0:0:0");
  const address = fc.tuple(prefix, selector, ipv4).map(([high, low, last]) => `${high}:${low}:${last}`);

  it("agree on what every address embeds and whether it is translated", async () => {
    await fc.assert(
      fc.asyncProperty(address, fc.constantFrom(...POLICIES), async (text, policy) => {
        const own = policy.lab ? "2001:db8:64::/80" : PREFIX;
        const explanation = explain(text, [{ text: own, origin: "config", policy }]);
        const report = await look(text, {}, { ...KNOWN, ...policy, prefixes: [own] });
        const { subject } = report;
        const [first] = explanation.embeddings ?? [];
        if (subject.kind === "foreign") {
          const under96 = explanation.embeddings?.find((each) => each.prefix.endsWith("/96"))?.ipv4;
          // With a plausible reading under a shorter prefix, the last 32 bits are its suffix.
          const expected = under96 ?? explanation.lastBits;
          if (expected !== undefined) expect(report.under96?.ipv4).toBe(expected.address);
          if (report.under96 === undefined) expect(explanation.embeddings).toEqual([]);
          return;
        }
        expect(first.origin).toBe("config");
        if ("ipv4" in subject) expect(first.ipv4?.address).toBe(subject.ipv4);
        expect(first.refused === undefined).toBe(subject.kind === "embedded" || subject.kind === "translator");
      }),
      { numRuns: 300 },
    );
  });

  it("agree without a configuration, in a lab's prefix and in a real one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("2001:db8:99:0:0", "2a0a:2:0:0:0"), ipv4, async (high, last) => {
        const { subject } = await look(`${high}:0:${last}`, {}, NOBODY);
        const reading = explain(`${high}:0:${last}`, []);
        const guess = reading.embeddings?.find((each) => each.prefix.endsWith("/96"));
        expect(subject).toMatchObject({ ipv4: guess?.ipv4?.address ?? reading.lastBits?.address ?? last });
        if (guess !== undefined) expect(subject.kind === "embedded").toBe(guess.refused === undefined);
      }),
      { numRuns: 200 },
    );
  });
});

describe("an IPv4 address of the pool", () => {
  it("without port or time: what is missing is asked for", async () => {
    for (const more of [{}, { port: 4100 }, NOON]) {
      const { subject, certainty } = await look("198.51.100.64", more);
      expect(subject).toMatchObject({ kind: "shared", use: { kind: "incomplete-question" } });
      expect(certainty.level).toBe("unknown");
    }
  });

  it("names the network that had the port all the time, for the operator and not in the letter", async () => {
    const report = await look("198.51.100.64:4100", around("10:00:00"));
    expect(report).toMatchObject({
      subject: { use: { kind: "in-use", clientIsRecorded: true } },
      certainty: { level: "certain" },
      blocks: [{ client: "2001:470:c::/64", ports: [4096, 4159] }],
    });
    expect(composeLetter(report, report.subject, { language: "en" }).text).not.toContain("2001:470");
  });

  it("is unclear when the port changed hands within the time given, and when a port was borrowed", async () => {
    const changed = await look("198.51.100.64:4100", NOON);
    expect(changed.blocks.map(({ client }) => client)).toEqual(["2001:470:c::/64", "2001:470:e::/64"]);
    expect(changed.certainty.level).toBe("unclear");
    expect((await look("198.51.100.64:4230", NOON)).certainty.level).toBe("unclear");
  });

  it("was in nobody's hands: then the complaint has a wrong port or time", async () => {
    expect(await look("198.51.100.64:5000", NOON)).toMatchObject({
      subject: { use: { kind: "not-in-use" } },
      certainty: { level: "certain" },
      blocks: [],
    });
    expect((await look("198.51.100.64:4100", { ...NOON, protocol: "udp" })).subject).toMatchObject({
      use: { kind: "not-in-use" },
    });
  });

  it("at a time that the log does not cover: nobody knows", async () => {
    for (const time of ["05:00:00", "20:00:00"]) {
      const report = await look("198.51.100.64:4100", around(time));
      expect(report).toMatchObject({ subject: { use: { kind: "no-log" } }, certainty: { level: "unknown" } });
    }
  });

  it("compares a hash with the network that somebody names", async () => {
    // The key of the day: the tests' clock is not that day's.
    const key = readFileSync(join(log, `key-${DAY}`));
    expect(key).toHaveLength(32);
    const ask = async (client: string) => (await look("198.51.100.64:4170", { ...NOON, client })).blocks[0].match;
    expect(await ask("2001:470:c::/64")).toBe("same");
    expect(await ask("2001:470:d::/64")).toBe("other");
  });

  it("with a static binding is one host's by arrangement", async () => {
    expect(await look("198.51.100.65:80", NOON)).toMatchObject({
      subject: { isStaticBinding: true },
      certainty: { level: "certain" },
    });
  });

  it("of this host, where nobody's packets leave from it, is the host's own", async () => {
    for (const address of ["198.51.100.1", "2a0a:9::1"]) {
      const report = await look(address, {}, { ...KNOWN, hostAddresses: ["198.51.100.1", "2a0a:9::1"] });
      expect(report).toMatchObject({ subject: { kind: "host" }, certainty: { level: "certain" } });
    }
  });

  it("that a masquerading host does not have may be that of a NAT before it: the operator is asked", async () => {
    const hidden = {
      ...KNOWN,
      hostAddresses: ["10.0.0.2"],
      local: { mode: "masquerade" as const, pool: [], staticBindings: [] },
    };
    const { subject, warnings } = await look("198.51.100.1:4100", NOON, hidden);
    expect(subject.kind).toBe("foreign");
    expect(warnings.join()).toContain("--own");
    const own = await look("198.51.100.1:4100", around("10:00:00"), {
      ...hidden,
      hostAddresses: ["10.0.0.2", "198.51.100.1"],
    });
    expect(own.subject).toMatchObject({ kind: "shared", use: { kind: "in-use" } });
  });

  it("of a host that masquerades is less sure: the kernel may give another port", async () => {
    const masquerading = { ...KNOWN, local: { mode: "masquerade" as const, pool: [], staticBindings: [] } };
    const report = await look("198.51.100.1:4100", around("10:00:00"), masquerading);
    expect(report).toMatchObject({
      subject: { kind: "shared", use: { kind: "in-use" } },
      certainty: { level: "likely" },
    });
  });
});

describe("the public IPv4 address of an IPv4 peer", () => {
  it("with a port of this prefix is one of its clients, as surely as the router there keeps ports", async () => {
    const report = await look("203.0.113.9:20500", { ...NOON, protocol: "udp" });
    expect(report).toMatchObject({
      subject: { kind: "exit", ports: "20480–24575", use: { kind: "in-use" } },
      certainty: { level: "likely" },
      blocks: [{ client: "2001:470:d::/64", exit: 1 }],
    });
  });

  it("with another port is not of this prefix", async () => {
    expect(await look("203.0.113.9:30000", NOON)).toMatchObject({
      subject: { kind: "exit", use: { kind: "not-in-use" } },
    });
  });

  it("at a time when it was no exit, or of somebody else, is none of ours", async () => {
    expect((await look("203.0.113.9:20500", around("03:00:00"))).subject.kind).toBe("foreign");
    expect((await look("203.0.113.10:20500", NOON)).subject.kind).toBe("foreign");
  });
});

describe("the command", () => {
  const config = join(directory, "v6peer.toml");
  beforeAll(() =>
    writeFileSync(
      config,
      `prefix = "${PREFIX}"
[local-exit]
mode = "pool"
pool = ["198.51.100.64/28"]
[complaints]
terms = "https://example.net/terms"
[audit-log]
directory = "${log}"
[control]
socket = "${join(directory, "none.sock")}"
`,
    ),
  );
  const abuse = (...args: string[]) => v6peer("abuse", "-c", config, ...args);

  it("says what it found, and the letter below", () => {
    const { code, stdout, stderr } = abuse("2a0a:1:64::808:808", "--at", "17/May/2025:14:00:00 +0200");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^It is +an IPv6 address of 8\.8\.8\.8, global unicast/m);
    expect(stdout).toMatch(/^Certainty +certain: /m);
    expect(stdout).toMatch(/^Subject: Re: your complaint about 2a0a:1:64::808:808\n\nHello,/m);
    expect(stdout).toContain("2025-05-17T12:00:00.000Z");
  });

  it("prints all of it as JSON", () => {
    const { code, stdout } = abuse(
      "198.51.100.64:4100",
      "--at",
      "2025-05-17T12:00:00Z",
      "--protocol",
      "tcp",
      "--json",
      "-l",
      "da",
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      address: "198.51.100.64",
      port: 4100,
      protocol: "tcp",
      time: "2025-05-17T12:00:00.000Z",
      window: { from: "2025-05-17T11:59:00.000Z", to: "2025-05-17T12:01:01.000Z" },
      subject: { kind: "shared", use: { kind: "no-log" } },
      certainty: { level: "unknown" },
      letter: { language: "da", subject: expect.stringMatching(/^Sv: /), text: expect.stringMatching(/^Hej\n/) },
    });
  });

  it("writes the letter into a new file, for its owner alone, or prints nothing else", () => {
    const file = join(directory, "letter.txt");
    expect(abuse("2a0a:1:64::808:808", "--letter", file).code).toBe(0);
    expect(readFileSync(file, "utf8")).toMatch(/^Subject: Re: /);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(abuse("2a0a:1:64::808:808", "--letter", file)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("already exists"),
    });
    expect(abuse("2a0a:1:64::808:808", "--letter", "-").stdout).toBe(readFileSync(file, "utf8"));
  });

  it("ends with 1 for what is none of this peer's", () => {
    expect(abuse("2a0a:2::1")).toMatchObject({ code: 1, stdout: expect.stringContaining("it would embed 0.0.0.1") });
  });

  it.each([
    ["nonsense", []],
    ["2a0a:1:64::1", ["--at", "yesterday"]],
    ["2a0a:1:64::1", ["--at", "2031-99-01T00:00:00Z"]],
    ["2a0a:1:64::1", ["--port", "http"]],
    ["2a0a:1:64::1", ["--port", "65536"]],
    ["2a0a:1:64::1", ["--protocol", "icmp"]],
    ["2a0a:1:64::1", ["--skew", "-1"]],
    ["2a0a:1:64::1", ["--language", "xx"]],
    ["2a0a:1:64::1", ["--prefix", "bad"]],
    ["2a0a:1:64::1", ["--client", "me"]],
    ["2a0a:1:64::1", ["--letter", "/nowhere/at/all"]],
  ])("%s %j is a usage error: 64, a sentence, no stack", (address, args) => {
    const { code, stdout, stderr } = abuse(address, ...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toMatch(/^v6peer: /);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
