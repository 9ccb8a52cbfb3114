import { describe, expect, it } from "vitest";
import { BENCHES } from "../src/bench/contenders.ts";
import { GOALS, outcomes } from "../src/bench/goals.ts";
import { METRICS } from "../src/bench/metrics.ts";
import { PROBES, probesCalled } from "../src/bench/probes/all.ts";
import { type Report, type Round, report } from "../src/bench/report.ts";
import type { Setting } from "../src/bench/setting.ts";
import { median, ratios, series } from "../src/bench/stats.ts";
import { table } from "../src/bench/table.ts";
import { documentation } from "../src/index.ts";
import { tundraConfig } from "../src/translators/tundra.ts";

const setting: Setting = {
  date: "2026-11-23T12:00:00.000Z",
  machine: { cpu: "a CPU", cores: 2, kernel: "6.18", node: "20.20.2" },
  versions: ["tayga 0.9.2"],
  seconds: 1,
};

const reportOf = (rounds: readonly Round[], failures: Report["failures"] = []): Report =>
  report("local", "kernel", setting, rounds, failures);

describe("the statistics of a bench", () => {
  it("takes the middle value, or the mean of the two middle ones", () => {
    expect(median([30, 10, 20])).toBe(20);
    expect(median([40, 10, 20, 30])).toBe(25);
    expect(median([])).toBeNull();
  });

  it("divides within each round before it takes the median", () => {
    const [values, base] = [series([10, 90, 5]), series([10, 100, 50])];
    expect(ratios(values, base)).toEqual({ median: 0.9, rounds: [1, 0.9, 0.1] });
  });

  it("leaves out a round in which either could not be measured", () => {
    expect(ratios(series([null, 4, 6]), series([2, 2, null]))).toEqual({ median: 2, rounds: [null, 2, null] });
    expect(ratios(series([1]), series([])).median).toBeNull();
  });
});

describe("the report of a bench", () => {
  const rounds = [
    { kernel: { "tcp-1-up": 1000 }, tayga: { "tcp-1-up": 750, "peak-memory": 3 } },
    { kernel: { "tcp-1-up": 2000 }, tayga: { "tcp-1-up": 500, "peak-memory": 4 } },
  ];

  it("contains medians, and ratios only for metrics of the base", () => {
    const { results, ratios } = reportOf(rounds);
    expect(results.tayga["peak-memory"].median).toBe(3.5);
    expect(ratios).toEqual({ tayga: { "tcp-1-up": { median: 0.5, rounds: [0.75, 0.25] } } });
  });

  it("has no ratios when the base was not measured", () => {
    const { base, ratios } = reportOf([{ tayga: { "tcp-1-up": 100 } }]);
    expect({ base, ratios }).toEqual({ base: null, ratios: {} });
  });

  it("shows each measured metric and each failure in its table", () => {
    const failure = { round: 1, translator: "tayga", probe: "UDP, 64 B", reason: "it ended" };
    const text = table(reportOf(rounds, [failure]));
    expect(text).toMatch(/TCP, 1 stream, up \[Mbit\/s\] +1,500 +625 \(0\.500\)/);
    expect(text).toContain("FAILED in round 1: tayga, UDP, 64 B: it ended");
    expect(text).not.toContain("UDP, 1200 B");
  });
});

describe("the goals of a bench", () => {
  const rounds = [
    { kernel: { "tcp-1-up": 1000, "tcp-1-down": 100 }, ours: { "tcp-1-up": 900, "tcp-1-down": 80, "idle-cpu": 2 } },
  ];

  it("name contenders and metrics that there are", () => {
    for (const [bench, goals] of Object.entries(GOALS)) {
      const names = BENCHES[bench].contenders([]).map(({ name }) => name);
      for (const { contender, metric, of } of goals) {
        expect(names).toContain(contender);
        if (of !== null) expect(names).toContain(of);
        expect(METRICS.map(({ key }) => key)).toContain(metric);
      }
    }
  });

  it("are met at their bound, missed beyond it, and neither when nothing was measured", () => {
    const goal = { contender: "ours", metric: "a", of: "them", kind: "at least", bound: 2 } as const;
    const results = (ours: number[], them: number[]) => ({ ours: { a: series(ours) }, them: { a: series(them) } });
    const met = (kind: "at least" | "at most", ours: number[], them: number[]) =>
      outcomes([{ ...goal, kind }], results(ours, them))[0];
    expect(met("at least", [20], [10])).toMatchObject({ measured: 2, met: true });
    expect(met("at least", [19], [10])).toMatchObject({ measured: 1.9, met: false });
    expect(met("at most", [20], [10])).toMatchObject({ measured: 2, met: true });
    expect(met("at most", [21], [10])).toMatchObject({ measured: 2.1, met: false });
    expect(met("at least", [20], [])).toMatchObject({ measured: null, met: null });
    expect(outcomes([{ ...goal, of: null }], results([3], []))[0]).toMatchObject({ measured: 3, met: true });
  });

  it("stand beside the ratios when they are asked for, with all of them beneath", () => {
    const text = table(reportOf(rounds), { goals: true });
    expect(text).toMatch(/TCP, 1 stream, up \[Mbit\/s\] +1,000 +900 \(0\.900, goal ≥ 0\.85: met\)/);
    expect(text).toMatch(/TCP, 1 stream, down \[Mbit\/s\] +100 +80\.0 \(0\.800, goal ≥ 0\.85: missed\)/);
    expect(text).toMatch(/idle after traffic \[%\] +– +2\.00 \(goal ≤ 2: met\)/);
    expect(text).toContain(`Goals: 2 met, 1 missed, ${GOALS.local.length - 3} not measured`);
    expect(text).toContain("TCP, 4 streams, up, ours: goal ≥ 0.45 × kernel: not measured");
    expect(table(reportOf(rounds))).not.toContain("goal");
  });

  it("are in the JSON whether they are asked for or not", () => {
    const { goals } = JSON.parse(JSON.stringify(reportOf(rounds))) as Report;
    expect(goals.filter(({ met }) => met === false)).toEqual([
      {
        contender: "ours",
        metric: "tcp-1-down",
        of: "kernel",
        kind: "at least",
        bound: 0.85,
        measured: 0.8,
        met: false,
      },
    ]);
  });
});

describe("the probes of a bench", () => {
  it("are found by name or prefix", () => {
    const names = (name: string) => probesCalled(name).map((probe) => probe.name);
    expect(names("tcp-1-up")).toEqual(["tcp-1-up"]);
    expect(names("tcp-1")).toEqual(["tcp-1-up", "tcp-1-down"]);
    expect(names("udp-64")).toEqual(["udp-64-up", "udp-64-down"]);
    expect(names("ping-pong")).toEqual(["ping-pong", "ping-pong-paced"]);
    expect(names("")).toEqual([]);
    expect(names("tcp-")).toEqual([]);
  });

  it("have names of their own", () => {
    expect(new Set(PROBES.map(({ name }) => name)).size).toBe(PROBES.length);
  });
});

describe("the configuration of tundra-nat64", () => {
  it("translates the one client to an address of the pool that is not tundra's own", () => {
    const lines = tundraConfig({ plan: documentation, clientIpv6: "2001:db8:c1::1" }).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "addressing.mode = nat64",
        "addressing.nat64_clat.ipv6 = 2001:db8:c1::1",
        "addressing.nat64_clat.ipv4 = 192.0.2.65",
        "addressing.nat64_clat_siit.prefix = 2001:db8:64::",
        "router.ipv4 = 192.0.2.64",
        "router.ipv6 = 2001:db8:64::ffff:0:1",
      ]),
    );
  });
});
