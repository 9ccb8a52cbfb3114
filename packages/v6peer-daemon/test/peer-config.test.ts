import { describe, expect, it } from "vitest";
import { type DaemonConfig, formatProblem, parseConfig } from "../src/config/index.ts";
import { planSetup } from "../src/host/plan.ts";
import { settingsOf } from "../src/peer-exits/settings.ts";
import { planReload } from "../src/reload.ts";

const PEER = "nrfrhkbnnrvand7pu4ab336lv7sqruj5";
const PIN = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const TOP = 'prefix = "2a00:1234:5678:9::/80"\n';
const COORDINATOR = `[coordinator]\nhost = "c.example.net"\nabuse = "abuse@example.net"\n`;
const LOCAL = '[local-exit]\nmode = "pool"\npool = ["192.88.98.64/28"]\n';

function parse(...parts: readonly string[]): DaemonConfig {
  const result = parseConfig([TOP, ...parts].join("\n"));
  if ("length" in result) throw new Error(result.map((each) => formatProblem("f", each)).join("\n"));
  return result;
}

function problem(...parts: readonly string[]): string {
  const result = parseConfig([TOP, ...parts].join("\n"));
  return "length" in result ? result.map(({ key, message }) => `${key}: ${message}`).join("\n") : "";
}

const exits = (text: string) => `[peer-exits]\n${text}\n`;

describe("a configuration with peer exits", () => {
  it("needs no local exit: no IPv4 is routed, masqueraded or forwarded, and the kernel knows the path's MTU", () => {
    const config = parse(COORDINATOR, "[peer-exits]");
    expect(config.file["peer-exits"]).toMatchObject({ count: 4, relay: "system", "relay-port": 3545 });
    expect(config.engine).toMatchObject({ pool: [], peerExits: { pool: "2a00:1234:5678:9::/80" } });
    expect(config.routedIPv4).toEqual([]);
    const steps = planSetup(config, "nat64", () => {}).map(({ what }) => what);
    expect(steps).toContain("route 2a00:1234:5678:9::/80 into nat64");
    expect(steps.join()).not.toMatch(/ipv4/);
  });

  it("has both kinds of exits where both are asked for, and their shares", () => {
    const { engine, routedIPv4 } = parse(COORDINATOR, LOCAL, exits("local-weight = 3"));
    expect(engine).toMatchObject({ pool: [{ address: "192.88.98.64/28" }], peerExits: { localWeight: 3 } });
    expect(routedIPv4).toHaveLength(2);
  });

  it("routes Teredo addresses to the built-in relay only where it serves others, too", () => {
    const relay = 'relay = "builtin"\nrelay-address = "192.88.98.1"\n';
    const steps = (more: string) =>
      planSetup(parse(COORDINATOR, exits(relay + more)), "nat64", () => {}).map(({ what }) => what);
    expect(steps("")).not.toContain("route 2001::/32 into nat64");
    expect(steps('serves = ["2a00:1234:5678:1::/64"]')).toContain("route 2001::/32 into nat64");
  });

  it.each([
    ["no exit", [], /^local-exit: expected a table.*no exit/],
    ["no coordinator", ["[peer-exits]"], /^peer-exits: needs \[coordinator\]/],
    ["no relay address", [COORDINATOR, exits('relay = "builtin"')], /relay-address/],
    ["a relay address that nobody reaches", [COORDINATOR, exits('relay-address = "10.0.0.1"')], /not global unicast/],
    ["served prefixes of the system's relay", [COORDINATOR, exits('serves = ["2a00::/64"]')], /only relay "builtin"/],
    [
      "only wanted peers, but none listed",
      [COORDINATOR, exits("only-wanted = true")],
      /no IPv4 peer would be accepted/,
    ],
    ["a peer id that is none", [COORDINATOR, exits('wants = ["abc"]')], /peer id/],
    ["too many exits", [COORDINATOR, exits("count = 33")], /from 1 to 32, found 33/],
    ["a weight of nobody", [COORDINATOR, exits("weights = { abc = 2 }")], /peer-exits\.weights/],
    ["a pin that is none", [COORDINATOR, 'pin = "sha256//abc"', exits("")], /coordinator\.pin/],
    ["a pin and a CA", [COORDINATOR, `pin = "${PIN}"\nca = "/ca.pem"`, exits("")], /remove pin or ca/],
    ["a host name that is none", ['[coordinator]\nhost = "a b"\nabuse = "x"', exits("")], /neither a host name/],
    ["no abuse contact", ['[coordinator]\nhost = "c.example"', exits("")], /coordinator\.abuse: expected an e-mail/],
  ])("refuses %s", (_, parts, message) => {
    expect(problem(...parts)).toMatch(message);
  });

  it("takes a good pin, peers and weights", () => {
    const config = parse(COORDINATOR, `pin = "${PIN}"`, exits(`wants = ["${PEER}"]\nweights = { ${PEER} = 2 }`));
    expect(config.file["peer-exits"]).toMatchObject({ wants: [PEER], weights: { [PEER]: 2 } });
  });
});

describe("the bandwidth of the prefix", () => {
  it("is told to the coordinator, in bits per second, if there is one", () => {
    expect(settingsOf(parse('bandwidth = "2.5M"', COORDINATOR, exits("")).file)).toMatchObject({
      bandwidth: 2_500_000,
    });
    expect(settingsOf(parse("bandwidth = 8000", COORDINATOR, exits("")).file)).toMatchObject({ bandwidth: 8000 });
    expect(settingsOf(parse(COORDINATOR, exits("")).file)).not.toHaveProperty("bandwidth");
  });

  it("is refused when it is none", () => {
    expect(problem('bandwidth = "fast"', COORDINATOR, exits(""))).toMatch(
      /^bandwidth: expected bits per second such as "20M", from 8000 to 1000000000000, found "fast"$/,
    );
  });

  it("changes at once", () => {
    const before = parse('bandwidth = "1M"', COORDINATOR, exits(""));
    expect(planReload(before, parse('bandwidth = "2M"', COORDINATOR, exits("")))).toMatchObject({
      live: ["bandwidth"],
      needsRestart: [],
    });
    expect(planReload(before, parse(COORDINATOR, exits("")))).toMatchObject({ live: ["bandwidth"], needsRestart: [] });
  });
});

describe("a reload", () => {
  const plan = (before: string, after: string) => planReload(parse(COORDINATOR, before), parse(COORDINATOR, after));

  it("changes exits, pins and weights at once", () => {
    const after = exits(
      `count = 2\nwants = ["${PEER}"]\nonly-wanted = true\nweights = { ${PEER} = 2 }\nlocal-weight = 0`,
    );
    const { live, needsRestart, config } = plan(exits(""), after);
    expect(needsRestart).toEqual([]);
    expect(live).toHaveLength(5);
    expect(config.file["peer-exits"]).toMatchObject({ count: 2, weights: { [PEER]: 2 } });
    expect(config.engine.peerExits?.localWeight).toBe(0);
  });

  it("needs a restart for another coordinator or relay, and for a table that comes or goes", () => {
    const builtin = 'relay = "builtin"\nrelay-address = "192.88.98.1"';
    expect(plan(exits(""), exits(builtin)).needsRestart).toEqual(["peer-exits.relay", "peer-exits.relay-address"]);
    const { live, needsRestart } = plan(exits(""), `${LOCAL}${exits("")}`);
    expect(live).toEqual([]);
    expect(needsRestart).toContain("local-exit.mode");
  });
});
