import { shortPeerId } from "@nat64/peer-protocol";
import type { Guess } from "../../address/guess.ts";
import { type Output, twoColumns } from "../../output/output.ts";
import type { AbuseReport, Certainty, InvolvedBlock, InvolvedPeer } from "./report.ts";

const SOURCES: Readonly<Record<AbuseReport["source"], string>> = {
  daemon: "of the running v6peerd",
  config: "of the configuration",
  argument: "given with --prefix",
  nobody: "guessed from the address",
};

/** Renders a report as lines for the operator. */
export function renderReport(report: AbuseReport, { colors }: Output): readonly string[] {
  const { address, family, port, protocol, window, certainty, peers, blocks, log, warnings } = report;
  const rows: (readonly [string, string])[] = [
    [
      "Address",
      `${colors.bold(address)} (IPv${family})${port === undefined ? "" : `, ${protocol ?? "tcp or udp"} port ${port}`}`,
    ],
    ...(window === undefined ? [] : [["Time", `${window.from} to ${window.to}`] as const]),
    ["It is", describeSubject(report)],
    ...(report.subject.kind === "foreign"
      ? []
      : [
          [
            "Prefix",
            `${report.subject.kind === "ipv4-peer" ? "" : report.subject.prefix}, ${SOURCES[report.source]}`,
          ] as const,
        ]),
    ["Certainty", `${paint(certainty.level, colors)}: ${certainty.because.join("; ")}`],
    ...peers.map((peer) => ["IPv4 peer", describePeer(peer)] as const),
    ...blocks.map((block) => ["Ports", describeBlock(block)] as const),
    ...(log === undefined ? [] : [["Audit log", log] as const]),
  ];
  return [...twoColumns(rows), ...warnings.map((each) => `${colors.yellow("Note")}       ${each}`)];
}

function paint(level: Certainty["level"], colors: Output["colors"]): string {
  return level === "certain" ? colors.green(level) : colors.yellow(level);
}

function describeSubject({ subject, under96 }: AbuseReport): string {
  switch (subject.kind) {
    case "embedded":
      return subject.isOwnPool
        ? `an IPv6 address of ${subject.ipv4}, an address of this translator's pool: another client (RFC 6052, hairpinning)`
        : `an IPv6 address of ${subject.ipv4}, global unicast: its owner is responsible for the content (RFC 6052)`;
    case "published":
      return `an IPv6 address of ${subject.ipv4} (${subject.block}) in the network of the IPv4 peer with selector ${subject.selector}`;
    case "never-translated":
      return `an IPv6 address of ${subject.ipv4} (${subject.block}), from which only ICMP errors are translated`;
    case "translator":
      return "the translator itself (P:ffff::1)";
    case "unused":
      return "in an unused part of the prefix, from which the translator sends nothing";
    case "teredo":
      return `the Teredo address of an IPv4 peer, at ${subject.mapped}, UDP port ${subject.mappedPort} (RFC 4380)`;
    case "shared":
      return subject.isStaticBinding ? "a static binding" : "an IPv4 address shared by the clients of this translator";
    case "exit":
      return `the public address of an IPv4 peer; its ports ${subject.ports} belonged to this prefix`;
    case "ipv4-peer":
      return "an IPv4 peer";
    case "host":
      return "an address of this host that clients do not use";
    case "foreign":
      return `not an address of this peer: not in ${subject.prefix}${under96 === undefined ? "" : `; ${describeGuess(under96)}`}`;
  }
}

function describeGuess({ prefix, ipv4 }: Guess): string {
  return `in a NAT64 prefix ${prefix}, it would embed ${ipv4}`;
}

function describePeer({ peer, selector, teredo, mapped, ports, source, from, until }: InvolvedPeer): string {
  const when = source === "now" ? "now" : `${from} to ${until ?? "the end of the log"}`;
  return [
    `${shortPeerId(peer)} (${peer}), selector ${selector}`,
    ...(teredo === undefined ? [] : [`Teredo address ${teredo}`]),
    ...(mapped === undefined ? [] : [`at ${mapped.address}:${mapped.port}`]),
    ...(ports === undefined ? [] : [`ports ${ports[0]}–${ports[1]}`]),
    when,
  ].join(", ");
}

const MATCHES = {
  same: "matches the given network",
  other: "does not match the given network",
  "not-recorded": "client not recorded",
  "key-gone": "its hash can no longer be compared, because the key of that day was deleted",
} as const;

function describeBlock({ protocol, ports, from, until, client, match }: InvolvedBlock): string {
  const who = client === undefined ? "client not recorded" : client;
  const compared = match === undefined || match === "not-recorded" ? "" : ` (${MATCHES[match]})`;
  return `${protocol} ${ports[0]}–${ports[1]}, ${from} to ${until ?? "the end of the log"}, ${who}${compared}`;
}
