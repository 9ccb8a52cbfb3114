/** Bans with real packets: at once, told to the client, and kept over restarts of v6peerd. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ours,
  type RunningLocalTopology,
  type RunningOurs,
  startEchoServer,
  startLocal,
  startWebServer,
  Ticker,
  tcpConnect,
  urlOf,
  V6PEER,
} from "../src/index.ts";
import { eventually } from "./measured.ts";
import { isRoot } from "./root.ts";

/** Of curl: it could not connect. */
const COULD_NOT_CONNECT = 7;

/** What Linux makes of ICMPv6 "administratively prohibited". */
const PROHIBITED = "EACCES";

describe.skipIf(!isRoot)("an IPv6 peer that bans", () => {
  const translator = ours({ auditLog: true });
  let it_: RunningLocalTopology<RunningOurs>;
  let daemon: RunningOurs;
  beforeAll(async () => {
    it_ = await startLocal({ translator });
    daemon = it_.translator;
    await startWebServer(it_.server);
    await startEchoServer(it_.server);
  });
  afterAll(() => it_?.lab.down());

  const v6peer = (...args: string[]) => it_.v6peer.run([...V6PEER, ...args, "--socket", daemon.controlSocket]);
  const must = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await v6peer(...args);
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const connect = () => tcpConnect(it_.client, it_.serverNat64, 80);
  const fetch = () => it_.client.run(["curl", "-gsS", "--max-time", "20", urlOf(it_.serverNat64)]);
  const audit = () =>
    readFileSync(`${it_.lab.directory}/audit/audit-${new Date().toISOString().slice(0, 10)}.jsonl`, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

  it("ends a client's connection at once, refuses the next one with ICMPv6, and says so everywhere", async () => {
    const ticker = await Ticker.start(it_.client, it_.serverNat64);
    const stdout = await must("ban", it_.clientIpv6, "--for", "1d 12h", "--why", "it scans");
    expect(stdout).toMatch(
      /^Banned 2001:db8:c1::\S+ until \d{4}-\d\d-\d\d \d\d:\d\d UTC: clients in it, one address\.\n$/,
    );
    await eventually("the connection was reset", () => ticker.ended !== undefined);
    expect(ticker.ended).toBe("ECONNRESET");
    expect(await connect()).toBe(PROHIBITED);
    expect((await fetch()).code).toBe(COULD_NOT_CONNECT);
    expect(await must("bans")).toMatch(
      /^2001:db8:c1::\S+ {2}client {2}since .* by \S+ {2}until .* \(1d 1[12]h left\) {2}it scans\n$/,
    );
    expect(await must("status")).toMatch(/Bans +1 of clients\n *Dropped +.*banned \d/);
    expect(await must("explain", it_.clientIpv6)).toMatch(/Banned at this peer:\n {2}2001:db8:c1::\S+ .* it scans/);
    await eventually("the audit log has it", () => audit().some(({ event }) => event === "ban"));
    const record = audit().find(({ event }) => event === "ban");
    expect(record).toMatchObject({
      kind: "client",
      why: "it scans",
      by: expect.any(String),
      until: expect.any(String),
    });
    // Clients are not recorded by default.
    expect(record).not.toHaveProperty("target");
    expect(daemon.process.stdout).not.toContain("2001:db8:c1");

    expect(await must("unban", it_.clientIpv6)).toBe(`The ban of ${it_.clientIpv6} is lifted.\n`);
    expect((await fetch()).code).toBe(0);
    const again = await v6peer("unban", it_.clientIpv6);
    expect([again.code, again.stderr]).toEqual([1, `v6peer: ${it_.clientIpv6} is not banned itself\n`]);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)("keeps a banned destination over a restart by %s", async (signal) => {
    const ticker = await Ticker.start(it_.client, it_.serverNat64);
    const report = JSON.parse(await must("ban", it_.serverIpv4, "--json"));
    expect(report).toMatchObject({ ban: { kind: "destination", target: it_.serverIpv4 }, replaced: false });
    await eventually("the connection was reset", () => ticker.ended !== undefined);
    expect(await connect()).toBe(PROHIBITED);
    daemon.process.signal(signal);
    await daemon.process.ended();
    daemon = await translator.start(it_);
    expect(await connect()).toBe(PROHIBITED);
    expect(JSON.parse(await must("bans", "--json"))).toMatchObject({ kind: "destination", target: it_.serverIpv4 });
    await must("unban", it_.serverIpv4);
    expect((await fetch()).code).toBe(0);
  });

  it("stops using a banned address of the pool, and keeps the last one", async () => {
    const ticker = await Ticker.start(it_.client, it_.serverNat64);
    const addressOf = async (): Promise<string> =>
      /via ([\d.]+):/.exec(
        (await must("sessions", "--protocol", "tcp")).split("\n").find((row) => !/TRANS|CLOSED/.test(row)) ?? "",
      )?.[1] ?? "";
    const first = await addressOf();
    expect(await must("ban", first)).toContain("one address of the local exit's pool: no session uses it");
    await eventually("the connection was reset", () => ticker.ended !== undefined);
    const next = await Ticker.start(it_.client, it_.serverNat64);
    expect(await addressOf()).not.toBe(first);
    const all = await v6peer("ban", it_.plan.pool, "--force");
    expect([all.code, all.stderr]).toEqual([
      1,
      "v6peer: no address of the pool would be left, and there are no peer exits: stop v6peerd instead\n",
    ]);
    expect(next.ended).toBeUndefined();
    await must("unban", first);
  });

  it("refuses what cannot be meant, with a sentence", async () => {
    const refusals: readonly (readonly [string[], number, RegExp])[] = [
      [["::/0"], 1, /^v6peer: ::\/0 covers every IPv6 address; use --force if you mean it\n$/],
      [["2001:db8::/32"], 1, /covers 2001:db8:\S+, an address of this host; use --force/],
      [[it_.serverNat64], 1, /is in 2001:db8:64::\/80, which stands for IPv4 addresses: ban the IPv4 address/],
      [["2001:db8::1", "--for", "soon"], 64, /Expected a duration such as 90s/],
      [["2001:db8::1", "--why", "two\nlines"], 64, /Expected one line/],
      [[""], 64, /the target is empty/],
    ];
    for (const [args, code, sentence] of refusals) {
      const result = await v6peer("ban", ...args);
      expect(result.stderr).toMatch(sentence);
      expect(result.code).toBe(code);
    }
    expect(await must("bans")).toBe("No bans.\n");
  });
});
