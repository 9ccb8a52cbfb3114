import { describeBan } from "@nat64/daemon-kit/bans";
import { shortPeerId } from "@nat64/peer-protocol";
import type {
  AddressClass,
  EmbeddedIPv4,
  Embedding,
  Explanation,
  KnownExit,
  PrefixOrigin,
  ReverseNames,
  TeredoParts,
} from "../../address/explanation.ts";
import { type Output, twoColumns } from "../../output/output.ts";

const ORIGINS: Readonly<Record<PrefixOrigin, string>> = {
  argument: "given with --prefix",
  daemon: "of the running v6peerd",
  config: "of the configuration",
  "well-known": "the well-known prefix, RFC 6052 §2.1",
  guess: "a guess: nothing but the address itself speaks for it",
};

const USES = {
  automatic: "automatic: the IPv6 peer picks the exit",
  pinned: "pinned to one exit",
  self: "the IPv6 peer itself, no IPv4 address",
  reserved: "reserved",
} as const;

/** An explanation as lines for people. */
export function renderExplanation(explanation: Explanation, { colors }: Output): readonly string[] {
  const { address, zone, family, arpa, class: found, mapped, embeddings, teredo, bans, names, nat64 } = explanation;
  const head = twoColumns([
    ["Address", `${colors.bold(address)} (IPv${family})`],
    ...(zone === undefined
      ? []
      : [["Zone", `${zone}: a link of the host that wrote this, no part of the address`] as const]),
    ["Class", describeClass(found)],
    ["Reverse name", arpa],
  ]);
  const parts = (embeddings ?? []).flatMap((each) => ["", ...renderEmbedding(each, colors)]);
  const forms = (nat64 ?? []).map((each): readonly [string, string] => [
    each.address,
    `${each.prefix}, ${ORIGINS[each.origin]}${each.refused === undefined ? "" : "; refused"}`,
  ]);
  const refused = (nat64 ?? []).find((each) => each.refused !== undefined)?.refused;
  return [
    ...head,
    ...(mapped === undefined ? [] : ["", ...renderMapped(mapped, colors)]),
    ...(teredo === undefined ? [] : ["", ...renderTeredo(teredo, colors)]),
    ...(embeddings?.some(({ origin }) => origin === "guess")
      ? ["", "No known NAT64 prefix contains it. As an IPv4-embedded address it would be:"]
      : []),
    ...parts,
    ...(family === 6 && parts.length === 0 && mapped === undefined && teredo === undefined
      ? ["", renderNone(explanation)]
      : []),
    ...(names === undefined ? [] : ["", "Names in the DNS:", ...twoColumns(names.map(rowOfNames), "  ")]),
    ...(forms.length === 0 ? [] : ["", "IPv6 addresses that stand for it:", ...twoColumns(forms, "  ")]),
    ...(bans === undefined
      ? []
      : ["", colors.yellow("Banned at this peer:"), ...bans.map((ban) => `  ${describeBan(ban)}`)]),
    ...(refused === undefined ? [] : [colors.yellow(`Refused: ${refused}`)]),
  ];
}

function renderNone({ lastBits }: Explanation): string {
  if (lastBits === undefined) return "It embeds no IPv4 address: no NAT64 prefix can contain it.";
  const { address, class: found } = lastBits;
  return `No known NAT64 prefix contains it. Under a /96 it would embed ${address} (${describeClass(found)}).`;
}

function rowOfNames({ address, names, problem }: ReverseNames): readonly [string, string] {
  return [address, names.length > 0 ? names.join(", ") : (problem ?? "none")];
}

function renderEmbedding(each: Embedding, colors: Output["colors"]): readonly string[] {
  const rows: (readonly [string, string])[] = [["NAT64 prefix", `${each.prefix} (${ORIGINS[each.origin]})`]];
  if (each.selector !== undefined) {
    rows.push(["Selector", `${each.selector.value} (${USES[each.selector.use]})`]);
    if (each.selector.exit !== undefined) rows.push(["Exit", describeExit(each.selector.exit)]);
  }
  if (each.ipv4 !== undefined) rows.push(...rowsOfIPv4(each.ipv4, colors));
  if (each.refused !== undefined) rows.push(["Refused", colors.yellow(each.refused)]);
  if (each.refusedPorts !== undefined) rows.push(["Refused ports", `${each.refusedPorts} (policy of the local exit)`]);
  return twoColumns(rows);
}

function renderMapped(mapped: EmbeddedIPv4, colors: Output["colors"]): readonly string[] {
  const what = "how a host writes IPv4 addresses in IPv6 sockets (RFC 4291 §2.5.5.2); no NAT64 has to do with it";
  return twoColumns([["IPv4-mapped", what], ...rowsOfIPv4(mapped, colors)]);
}

function rowsOfIPv4({ address, class: found, arpa }: EmbeddedIPv4, colors: Output["colors"]): [string, string][] {
  return [
    ["IPv4 address", colors.bold(address)],
    ["Its class", describeClass(found)],
    ["Its reverse name", arpa],
  ];
}

function renderTeredo(
  { server, flags, mapped, fault, exit }: TeredoParts,
  colors: Output["colors"],
): readonly string[] {
  const rows: (readonly [string, string])[] = [
    ["Teredo server", `${server.address} (${describeClass(server.class)})`],
    ["Flags", `${flags.value}: cone bit ${flags.cone ? "1" : "0"}, random bits ${flags.randomBits}`],
    ["Mapped address", `${mapped.address} (${describeClass(mapped.class)})`],
    ["Mapped UDP port", String(mapped.port)],
  ];
  if (exit !== undefined) rows.push(["Exit", describeExit(exit)]);
  if (fault !== undefined) rows.push(["Fault", colors.yellow(fault)]);
  return twoColumns(rows);
}

function describeExit({ peer, state, selector }: KnownExit): string {
  return `IPv4 peer ${shortPeerId(peer)}, selector ${selector.toString(16).padStart(4, "0")}, path ${state}`;
}

function describeClass({ kind, block, name, rfc }: AddressClass): string {
  if (name !== undefined) return `${name}, ${block} (${rfc})`;
  return { "global-unicast": "global unicast", multicast: `multicast, ${block}`, unallocated: "not allocated by IANA" }[
    kind as "global-unicast"
  ];
}
