import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Reason } from "@nat64/nat64-engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { daemonRegistry } from "../src/metrics/registry.ts";
import { ALERT_CASES, ORDINARY_DAY } from "./alert-cases.ts";

const FILE = fileURLToPath(new URL("../alerts/v6peerd.rules.yml", import.meta.url));
const RULES = readFileSync(FILE, "utf8");
const ALERTS = [...RULES.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name);
const ROOT = new URL("../../..", import.meta.url);

describe("the alert rules", () => {
  it("name metrics that v6peerd has, and no others", () => {
    const never = () => Promise.reject(new Error("never asked"));
    const registry = daemonRegistry({
      counters: never,
      config: never,
      bandwidth: never,
      drains: never,
      bans: never,
      peer: never,
      auditLog: never,
      host: never,
    });
    const exported = registry.getMetricsAsArray().map(({ name }) => name);
    const named = [...RULES.matchAll(/\b(?:nat64|process)_[a-z0-9_]+\b/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((name) => !exported.includes(name))).toEqual([]);
  });

  it("name reasons that the translator has", () => {
    const reasons = [...RULES.matchAll(/reason(?:!|=)?~?=?"([^"*.]+)"/g)].flatMap(([, list]) => list.split("|"));
    expect(reasons.length).toBeGreaterThan(4);
    expect(reasons.filter((reason) => !(reason in Reason))).toEqual([]);
  });

  it("lead to chapters that there are", () => {
    const places = [...RULES.matchAll(/see: (\S+?)(?:#(\S+))?$/gm)];
    expect(places).toHaveLength(ALERTS.length);
    for (const [, path, anchor] of places) {
      const text = readFileSync(new URL(path, ROOT), "utf8");
      if (anchor !== undefined) expect(text).toContain(`<a id="${anchor}"></a>`);
    }
  });

  it("are each seen to come in a test below", () => {
    expect(ALERT_CASES.map(({ alert }) => alert).sort()).toEqual([...ALERTS].sort());
  });
});

const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).error === undefined;
const SKIPPED = HAS_PROMTOOL ? "" : " (skipped: needs promtool, Debian: prometheus)";

describe.skipIf(!HAS_PROMTOOL)(`promtool${SKIPPED}`, () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "alerts-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Runs a test in promtool's format; JSON is YAML, too. */
  const promtool = (test: object) => {
    const file = join(directory, "test.yml");
    writeFileSync(file, JSON.stringify({ rule_files: [FILE], evaluation_interval: "1m", tests: [test] }));
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
    return { status, said: stdout + stderr };
  };
  const seriesOf = (series: Readonly<Record<string, string>>) =>
    Object.entries(series).map(([name, values]) => ({
      series: name.includes("{")
        ? name.replace("{", '{job="v6peerd",instance="p",')
        : `${name}{job="v6peerd",instance="p"}`,
      values,
    }));
  /** Which alerts fire at a minute. */
  const fires = (minute: number, alert: string, times: number) => ({
    expr: `count(ALERTS{alertstate="firing",alertname="${alert}",instance="p"}) or vector(0)`,
    eval_time: `${minute}m`,
    exp_samples: [{ value: times, labels: "{}" }],
  });

  it("finds nothing wrong with them", () => {
    const { status, stderr } = spawnSync("promtool", ["check", "rules", FILE], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  it.each(ALERT_CASES)("$alert waits, and comes", ({ alert, series, quietAt, firingAt }) => {
    const promql_expr_test = [fires(quietAt, alert, 0), fires(firingAt, alert, 1)];
    expect(promtool({ interval: "1m", input_series: seriesOf(series), promql_expr_test })).toMatchObject({
      status: 0,
      said: expect.stringContaining("SUCCESS"),
    });
  });

  it("no alert comes on an ordinary day", () => {
    const none = (minute: number) => ({
      expr: 'count(ALERTS{alertstate="firing"}) or vector(0)',
      eval_time: `${minute}m`,
      exp_samples: [{ value: 0, labels: "{}" }],
    });
    const minutes = Array.from({ length: 24 }, (_, i) => none(i * 5));
    const { status, said } = promtool({
      interval: "1m",
      input_series: seriesOf(ORDINARY_DAY),
      promql_expr_test: minutes,
    });
    expect([status, said]).toEqual([0, expect.stringContaining("SUCCESS")]);
  });

  it("the number in a sentence is one that people read", () => {
    const { said } = promtool({
      interval: "1m",
      input_series: seriesOf({ nat64_budget_used_bytes: "90x5", nat64_budget_bytes: "100x5" }),
      alert_rule_test: [{ eval_time: "3m", alertname: "V6PeerBudgetNearlyUsed", exp_alerts: [] }],
    });
    expect(said).toContain("90% of the month's bytes of p are used");
  });
});
