import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../bin/v4peer.js", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "v4peer-abuse-"));
const log = join(directory, "audit");
afterAll(() => rmSync(directory, { recursive: true }));

const ONE = "25mnilb75omaivj6mwj4m5lq62qzw7iu";
const OTHER = "nrfrhkbnnrvand7pu4ab336lv7sqruj5";
const line = (time: string, record: object) => JSON.stringify({ at: `2025-03-14T${time}Z`, ...record });
const pair = (place: number, peer: string, ports: readonly [number, number], behindNat: boolean) => {
  const prefix = peer === ONE ? "2001:db8:64::/80" : "2001:db8:65::/80";
  return {
    event: "pair",
    pair: peer.slice(0, 4),
    place,
    peer,
    prefix,
    selector: 5,
    ports,
    mapped: "203.0.113.9",
    behindNat,
  };
};
mkdirSync(log);
writeFileSync(
  join(log, "audit-2025-03-14.jsonl"),
  `${[
    line("06:00:00", { event: "start", program: "v4peer 1", clients: "off" }),
    line("06:00:01", pair(0, ONE, [61_440, 65_535], true)),
    line("06:00:02", pair(1, OTHER, [57_344, 61_439], false)),
    line("12:00:00", pair(0, OTHER, [61_440, 65_535], true)),
    line("18:00:00", { event: "stop" }),
  ].join("\n")}\n`,
);

function v4peer(...args: readonly string[]) {
  const all = [PROGRAM, "abuse", "--audit-log", log, "--socket", join(directory, "none.sock"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8", timeout: 20_000 });
  return { code: status, stdout, stderr };
}
const ask = (time: string, port: number, ...more: string[]) => {
  const { code, stdout } = v4peer("--at", `2025-03-14T${time}Z`, "--port", String(port), "--json", ...more);
  return { code, ...JSON.parse(stdout) };
};

describe("v4peer abuse", () => {
  test("says which IPv6 prefix had the port, likely where a router may have changed it", () => {
    expect(ask("10:00:00", 62_000)).toMatchObject({
      code: 0,
      address: "203.0.113.9",
      pairs: [{ peer: ONE, prefix: "2001:db8:64::/80", selector: "0005", behindNat: true }],
      certainty: { level: "likely" },
    });
  });

  test("and certain where no NAT is before the host", () => {
    expect(ask("10:00:00", 60_000)).toMatchObject({
      code: 0,
      pairs: [{ peer: OTHER }],
      certainty: { level: "certain" },
    });
  });

  test("is unclear when the block changed hands within the time given, and names nobody in the letter", () => {
    const report = ask("12:00:00", 62_000);
    expect(report.pairs.map(({ peer }: { peer: string }) => peer)).toEqual([ONE, OTHER]);
    expect(report.certainty.level).toBe("unclear");
    expect(report.letter.text).not.toMatch(/2001:db8:6[45]/);
    expect(report.letter.text).toMatch(/passed\sfrom\sone/);
    // With better clocks it is known.
    expect(ask("12:00:10", 62_000, "--skew", "5")).toMatchObject({ pairs: [{ peer: OTHER }] });
  });

  test("knows that a port was nobody's, and does not know of times that the log does not cover", () => {
    expect(ask("10:00:00", 443)).toMatchObject({ code: 1, pairs: [], certainty: { level: "certain" } });
    const before = ask("05:00:00", 62_000);
    expect(before).toMatchObject({ code: 1, pairs: [], certainty: { level: "unknown" } });
    expect(before.letter.text).toMatch(/No\slog\sof\sours/);
  });

  test("writes in Danish, into a new file for its owner alone", () => {
    const file = join(directory, "letter.txt");
    const args = ["--at", "14/Mar/2025:11:00:00 +0100", "--port", "62000", "--protocol", "tcp", "--language", "da"];
    expect(v4peer(...args, "--letter", file)).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(file, "utf8")).toMatch(/^Subject: Sv: .*\n\nHej\n[\s\S]*TCP-port 62000/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(v4peer(...args, "--letter", file).code).toBe(64);
    expect(v4peer(...args, "--letter", "-").stdout).toBe(readFileSync(file, "utf8"));
  });

  test.each([
    [["--at", "2025-03-14T10:00:00Z"], /required option '--port <number>' not specified/],
    [["--port", "80"], /required option '--at <time>' not specified/],
    [["--port", "http", "--at", "2025-03-14T10:00:00Z"], /--port .*'http' is invalid/],
    [["--port", "65536", "--at", "2025-03-14T10:00:00Z"], /--port .*'65536' is invalid/],
    [["--port", "80", "--at", "noon"], /--at: "noon" is not a valid time/],
    [["--port", "80", "--at", "2025-03-14T10:00:00Z", "--protocol", "icmp"], /Allowed choices are tcp, udp/],
    [["--port", "80", "--at", "2025-03-14T10:00:00Z", "--skew", "x"], /--skew .*'x' is invalid/],
    [["--port", "80", "--at", "2025-03-14T10:00:00Z", "--language", "xx"], /en, da/],
    [["--port", "80", "--at", "2025-03-14T10:00:00Z", "--letter", ""], /Expected a path/],
    [["--port", "80", "--at", "2025-03-14T10:00:00Z", "more"], /too many arguments/],
  ])("%j is a usage error: 64, a sentence, no stack", (args, sentence) => {
    const { code, stdout, stderr } = v4peer(...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
