import { describe, expect, it } from "vitest";
import { type DaemonConfig, parseConfig } from "../src/config/index.ts";
import { planReload } from "../src/reload.ts";

const TOP = 'prefix = "2a00:1234:5678:9::/80"\n';
const POOL = '[local-exit]\nmode = "pool"\npool = ["192.88.98.64/28"]\n';
const MASQUERADE = '[local-exit]\nmode = "masquerade"\n';
const BINDING = `[[local-exit.static-bindings]]
protocol = "tcp"
ipv6 = "2a00::1"
ipv6-port = 80
ipv4 = "192.88.98.64"
ipv4-port = 80
`;

function config(tables: string, top = "", exit = POOL): DaemonConfig {
  const result = parseConfig(TOP + top + exit + tables);
  if (!("engine" in result)) throw new Error(JSON.stringify(result));
  return result;
}

const RUNNING = config("");

describe("a changed file", () => {
  it.each([
    ['[log]\nlevel = "debug"', ["log.level"]],
    ['[metrics]\nlisten = "off"', ["metrics.listen"]],
    ["[timers]\nudp = 400\nicmp = 70\nfragment = 3", ["timers.fragment", "timers.icmp", "timers.udp"]],
    ["[caps.64]\nsessions = 5", ["caps.64.sessions"]],
    [
      '[translator]\nfiltering = "address-dependent"\nhairpinning = false\nreset-unknown-connections = false',
      ["translator.filtering", "translator.hairpinning", "translator.reset-unknown-connections"],
    ],
    ["[icmp-errors]\nburst = 0", ["icmp-errors.burst"]],
    ["[mtu]\nlowest-ipv6 = 1400", ["mtu.lowest-ipv6"]],
    ["[mtu]\nipv4 = 1480", ["mtu.ipv4"]],
    ["[tables]\nheld-bytes = 200000", ["tables.held-bytes"]],
    [BINDING, ["local-exit.static-bindings"]],
  ])("takes effect at once, and is what the engine gets: %j", (tables, live) => {
    const after = config(tables);
    expect(planReload(RUNNING, after)).toEqual({ live, needsRestart: [], config: after, problems: [] });
  });

  it.each([
    ["[mtu]\nipv4 = 1600", ["mtu.ipv4"]],
    ["[tables]\nsessions = 32768", ["tables.sessions"]],
    ["[tables]\nclients = 32768", ["tables.clients"]],
    ['[translator]\nown-ipv4 = "192.88.98.1"', ["translator.own-ipv4"]],
    ['[host]\ninterface = "other"', ["host.interface"]],
    ['[control]\nsocket = "/run/other"\ngroup = "root"', ["control.group", "control.socket"]],
  ])("waits for a restart, and the running configuration stays: %j", (tables, needsRestart) => {
    expect(planReload(RUNNING, config(tables))).toEqual({ live: [], needsRestart, config: RUNNING, problems: [] });
  });

  it("waits for a restart when it is a prefix or the pool", () => {
    const other = config("", 'extra-prefixes = ["64:ff9b::/96"]\n', POOL.replace("64/28", "80/28"));
    expect(planReload(RUNNING, other)).toMatchObject({
      live: [],
      needsRestart: ["extra-prefixes", "local-exit.pool"],
      config: RUNNING,
    });
  });

  it("waits for a restart when it is the UDP lifetime of a masquerade, which the firewall has, too", () => {
    const [before, after] = [config("", "", MASQUERADE), config("[timers]\nudp = 400\nicmp = 70", "", MASQUERADE)];
    expect(planReload(before, after)).toMatchObject({
      live: ["timers.icmp"],
      needsRestart: ["timers.udp"],
      config: { engine: { timers: { udp: 300, icmp: 70 } } },
    });
  });

  it("gives up live keys that are no longer there", () => {
    const before = config("[caps.64]\nsessions = 5");
    expect(planReload(before, RUNNING)).toEqual({
      live: ["caps.64.sessions"],
      needsRestart: [],
      config: RUNNING,
      problems: [],
    });
  });

  it("leaves caps that follow from the session table as they are until that changes", () => {
    const { config: merged } = planReload(RUNNING, config("[tables]\nsessions = 1024\n[timers]\nicmp = 70"));
    expect(merged.engine.caps).toEqual(RUNNING.engine.caps);
    expect(merged.engine.timers?.icmp).toBe(70);
  });

  it.each([
    [
      "[mtu]\nipv6 = 9000\nlowest-ipv6 = 9000",
      POOL,
      "mtu.lowest-ipv6: expected at most mtu.ipv6, which is 1500, found 9000",
    ],
    [
      BINDING.replace("98.64", "98.80"),
      POOL.replace("64/28", "80/28"),
      "local-exit.static-bindings[0].ipv4: 192.88.98.80 is not an address of the pool",
    ],
  ])("is refused when a live key goes only together with one that is not: %j", (tables, exit, problem) => {
    const { problems } = planReload(RUNNING, config(tables, "", exit));
    expect(problems[0]).toBe(problem);
  });
});
