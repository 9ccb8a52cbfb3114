import { describe, expect, it } from "vitest";
import { judgeRuleset } from "../src/check/firewall/check-firewall.ts";
import { checkLegacy } from "../src/check/firewall/legacy.ts";
import { parseRuleset } from "../src/check/firewall/ruleset.ts";
import { parseConfig } from "../src/config/load.ts";
import type { DaemonConfig } from "../src/config/resolve.ts";

const MASQUERADE = 'prefix = "2001:db8:64::/80"\nlab = true\n[local-exit]\nmode = "masquerade"\n';
const BUILTIN =
  'prefix = "2001:db8:64::/80"\nlab = true\n[coordinator]\nhost = "c.example"\nabuse = "a@example.net"\n' +
  '[peer-exits]\nrelay = "builtin"\nrelay-address = "192.0.2.61"\n';

const chain = (name: string, hook?: string, policy?: string) => ({
  chain: { family: "inet", table: "t", name, ...(hook && { hook }), ...(policy && { policy }) },
});
const rule = (on: string, ...expr: unknown[]) => ({ rule: { family: "inet", table: "t", chain: on, expr } });
const match = (left: unknown, right: unknown, op = "==") => ({ match: { op, left, right } });
const iifname = { meta: { key: "iifname" } };
const oifname = { meta: { key: "oifname" } };
const state = { ct: { key: "state" } };
const [accept, drop] = [{ accept: null }, { drop: null }];

/** What is found with a ruleset, as `severity code`, each once; texts as `nft -j` (1.0.6) prints them. */
function judge(entries: readonly unknown[], text = MASQUERADE): readonly string[] {
  const config = parseConfig(text) as DaemonConfig;
  const ruleset = parseRuleset({ nftables: [{ metainfo: { version: "1.0.6" } }, ...entries] });
  const findings = judgeRuleset(ruleset, config, { ipv6: "eth0", ipv4: "eth0" });
  return [...new Set(findings.map(({ severity, code }) => `${severity} ${code}`))];
}

const FINE = ["ok firewall"];
const DROPS = ["error firewall-forward"];
const MAY_DROP = ["warn firewall-forward"];

describe("the firewall, judged from its rules", () => {
  it.each<[string, unknown[], readonly string[]]>([
    ["no rules at all", [], FINE],
    ["a policy that accepts", [chain("f", "forward", "accept")], FINE],
    ["a policy that drops, and nothing else", [chain("f", "forward", "drop")], DROPS],
    ["chains of other hooks", [chain("o", "output", "drop"), chain("p", "prerouting", "accept")], FINE],
    [
      "a policy that drops, and both ways accepted",
      [
        chain("f", "forward", "drop"),
        rule("f", match(iifname, "nat64"), accept),
        rule("f", match(oifname, "nat64"), { counter: { packets: 0, bytes: 0 } }, accept),
      ],
      FINE,
    ],
    ["only one way accepted", [chain("f", "forward", "drop"), rule("f", match(iifname, "nat64"), accept)], DROPS],
    [
      "a name with a wildcard",
      [chain("f", "forward", "drop"), rule("f", match(iifname, ["nat*", "eth*"]), accept)],
      FINE,
    ],
    [
      "a set of names",
      [chain("f", "forward", "drop"), rule("f", match(iifname, { set: ["nat64", "eth0"] }), accept)],
      FINE,
    ],
    [
      "a named set",
      [
        { set: { family: "inet", name: "ours", table: "t", type: "ifname", elem: ["nat64", "eth0"] } },
        chain("f", "forward", "drop"),
        rule("f", match(iifname, "@ours"), accept),
      ],
      FINE,
    ],
    [
      "a jump to a chain that rejects",
      [
        chain("x"),
        chain("f", "forward", "accept"),
        rule("f", match({ meta: { key: "l4proto" } }, { set: ["tcp", "udp"] }), { jump: { target: "x" } }),
        rule("x", { reject: null }),
      ],
      DROPS,
    ],
    [
      "a jump that comes back",
      [chain("x"), chain("f", "forward", "accept"), rule("f", { jump: { target: "x" } }), rule("x", { return: null })],
      FINE,
    ],
    [
      "only connections that are there may pass",
      [chain("f", "forward", "drop"), rule("f", match(state, ["established", "related"], "in"), accept)],
      DROPS,
    ],
    [
      "a verdict map by state, and new ones accepted",
      [
        chain("f", "forward", "drop"),
        rule("f", {
          vmap: {
            key: state,
            data: {
              set: [
                ["established", accept],
                ["invalid", drop],
              ],
            },
          },
        }),
        rule("f", match(state, "new"), accept),
      ],
      FINE,
    ],
    [
      "another prefix than ours is dropped",
      [
        chain("f", "forward", "accept"),
        rule(
          "f",
          match({ payload: { protocol: "ip6", field: "daddr" } }, { prefix: { addr: "2001:db8:65::", len: 80 } }),
          drop,
        ),
      ],
      FINE,
    ],
    [
      "our prefix is dropped",
      [
        chain("f", "forward", "accept"),
        rule(
          "f",
          match({ payload: { protocol: "ip6", field: "daddr" } }, { prefix: { addr: "2001:db8:64::", len: 64 } }),
          drop,
        ),
      ],
      DROPS,
    ],
    [
      "a condition of iptables, which nobody can judge here",
      [chain("f", "forward", "drop"), rule("f", { xt: { type: "match", name: "conntrack" } }, accept)],
      MAY_DROP,
    ],
    [
      "a limit before a drop",
      [chain("f", "forward", "accept"), rule("f", { limit: { rate: 10, per: "second" } }, drop)],
      MAY_DROP,
    ],
    ["chains that jump in a circle", [chain("f", "forward", "accept"), rule("f", { jump: { target: "f" } })], MAY_DROP],
  ])("%s", (_, entries, expected) => {
    expect(judge(entries)).toEqual(expected);
  });

  it("names the chain, what it drops, and the rule that mends it", () => {
    const config = parseConfig(MASQUERADE) as DaemonConfig;
    const [finding] = judgeRuleset(parseRuleset({ nftables: [chain("f", "forward", "drop")] }), config, {
      ipv6: "eth0",
    });
    expect(finding).toEqual({
      code: "firewall-forward",
      severity: "error",
      message: "The nftables chain inet t f drops packets from clients.",
      advice: `nft 'insert rule inet t f oifname "nat64" accept'`,
    });
  });

  it("asks about IPv4 of families that have IPv4 only where there is a local exit", () => {
    const ip = [{ chain: { family: "ip", table: "filter", name: "FORWARD", hook: "forward", policy: "drop" } }];
    expect(judge(ip)).toEqual(DROPS);
    expect(judge(ip, BUILTIN)).toEqual(FINE);
  });

  it("asks about the UDP port of the built-in relay, and about no input without it", () => {
    const input = [chain("i", "input", "drop"), rule("i", match(state, ["established", "related"], "in"), accept)];
    expect(judge(input)).toEqual(FINE);
    expect(judge(input, BUILTIN)).toEqual(["error firewall-relay"]);
    const dport = { payload: { protocol: "udp", field: "dport" } };
    expect(judge([...input, rule("i", match(dport, { range: [3000, 4000] }), accept)], BUILTIN)).toEqual(FINE);
  });
});

describe("rules of legacy iptables", () => {
  it.each([
    ["none", {}, []],
    ["tables that filter nothing", { "/proc/net/ip6_tables_names": "nat\nmangle\n" }, []],
    [
      "of IPv6",
      { "/proc/net/ip6_tables_names": "filter\n" },
      ["Rules of legacy ip6tables are loaded; nftables does not show them."],
    ],
    [
      "of both",
      { "/proc/net/ip6_tables_names": "mangle\nfilter\n", "/proc/net/ip_tables_names": "filter\n" },
      ["Rules of legacy ip6tables and iptables are loaded; nftables does not show them."],
    ],
  ])("%s", (_, files: Readonly<Record<string, string>>, expected) => {
    expect(checkLegacy((path) => files[path] ?? "").map(({ message }) => message)).toEqual(expected);
  });
});
