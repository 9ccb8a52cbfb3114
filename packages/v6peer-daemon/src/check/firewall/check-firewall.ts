/** Checks whether the firewall accepts the packets that v6peerd forwards, and datagrams to its relay. */
import { compilePool, SELECTOR } from "@nat64/rfc6052";
import type { PeerExitsFile } from "../../config/config-file.ts";
import type { DaemonConfig } from "../../config/resolve.ts";
import type { CheckCode } from "../codes.ts";
import { attempt, error, type Finding, ok, warn } from "../finding.ts";
import type { Uplinks } from "../uplinks.ts";
import type { ExamplePacket } from "./match.ts";
import { type Ruleset, readRuleset } from "./ruleset.ts";
import { sees, walk } from "./walk.ts";

/** A packet to check, its description, and the match of a rule that would accept it. */
interface Passage {
  readonly what: string;
  readonly hook: "forward" | "input";
  readonly remedy: string;
  readonly packet: ExamplePacket;
}

/** Global addresses that are not of this host, as examples. */
const SOMEWHERE = { ip: "8.8.8.8", ip6: "2001:4860:4860::8888", teredo: "2001:0:808:808:0:63bf:f7f7:fbfb" } as const;

/** Reads the rules and evaluates them. */
export function checkFirewall(config: DaemonConfig, uplinks: Uplinks): readonly Finding<CheckCode>[] {
  return attempt("firewall", "firewall rules", () => judgeRuleset(readRuleset(), config, uplinks));
}

/** Evaluates the rules for each kind of packet. */
export function judgeRuleset(ruleset: Ruleset, config: DaemonConfig, uplinks: Uplinks): readonly Finding<CheckCode>[] {
  const findings = passages(config, uplinks).flatMap((passage) => judge(passage, ruleset));
  return findings.length > 0 ? findings : [ok("firewall", "The firewall accepts the packets that v6peerd forwards.")];
}

function judge({ what, hook, remedy, packet }: Passage, ruleset: Ruleset): readonly Finding<CheckCode>[] {
  const code = hook === "input" ? "firewall-relay" : "firewall-forward";
  return ruleset.chains.flatMap((chain) => {
    if (chain.hook !== hook || !sees(chain, packet)) return [];
    const verdict = walk(chain, packet, ruleset);
    if (verdict === "accept") return [];
    const name = `${chain.family} ${chain.table} ${chain.name}`;
    if (verdict === "may-drop") {
      return [warn(code, `The nftables chain ${name} may drop ${what}.`, `Inspect it with: nft list chain ${name}`)];
    }
    return [error(code, `The nftables chain ${name} drops ${what}.`, `nft 'insert rule ${name} ${remedy} accept'`)];
  });
}

function passages(config: DaemonConfig, { ipv6, ipv4 }: Uplinks): readonly Passage[] {
  const { file } = config;
  const tun = file.host.interface;
  const local = config.engine.pool[0]?.address.split("/")[0];
  return [
    ...ipv6Passages(config, tun, ipv6),
    ...(local === undefined ? [] : ipv4Passages(local, tun, ipv4)),
    ...relayPassages(file["peer-exits"], ipv4),
  ];
}

function ipv6Passages({ file }: DaemonConfig, tun: string, uplink: string | undefined): readonly Passage[] {
  const inside = compilePool(file.prefix).embed(SELECTOR.automatic, SOMEWHERE.ip);
  const packet = { family: "ip6", l4proto: "tcp" } as const;
  const [inwards, outwards] = [
    { ...packet, iif: uplink, oif: tun },
    { ...packet, iif: tun, oif: uplink },
  ];
  const passages = [
    into(tun, "packets from clients", { ...inwards, daddr: inside, dport: 443, state: "new" }),
    outOf(tun, "packets to clients", { ...outwards, saddr: inside, daddr: SOMEWHERE.ip6, state: "established" }),
  ];
  if (file["peer-exits"]?.relay !== "system") return passages;
  const toTeredo = { ...outwards, daddr: SOMEWHERE.teredo, dport: 443, state: "new" } as const;
  return [...passages, outOf(tun, "packets to the Teredo relay", toTeredo)];
}

function ipv4Passages(pool: string, tun: string, uplink: string | undefined): readonly Passage[] {
  const packet = { family: "ip", l4proto: "tcp" } as const;
  const out = { ...packet, iif: tun, oif: uplink, saddr: pool, daddr: SOMEWHERE.ip, dport: 443, state: "new" } as const;
  const back = { ...packet, iif: uplink, oif: tun, daddr: pool, state: "established" } as const;
  return [outOf(tun, "packets to IPv4 servers", out), into(tun, "packets from IPv4 servers", back)];
}

function relayPassages(peers: PeerExitsFile | undefined, uplink: string | undefined): readonly Passage[] {
  if (peers?.relay !== "builtin") return [];
  const [daddr, dport] = [peers["relay-address"] ?? "", peers["relay-port"]];
  const packet = { family: "ip", l4proto: "udp", iif: uplink, oif: null, daddr, dport, state: "new" } as const;
  const what = `UDP datagrams to the built-in relay's port ${dport}`;
  return [{ what, hook: "input", remedy: `udp dport ${dport}`, packet }];
}

function into(tun: string, what: string, packet: ExamplePacket): Passage {
  return { what, hook: "forward", remedy: `oifname "${tun}"`, packet };
}

function outOf(tun: string, what: string, packet: ExamplePacket): Passage {
  return { what, hook: "forward", remedy: `iifname "${tun}"`, packet };
}
