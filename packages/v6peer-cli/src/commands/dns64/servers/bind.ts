/** BIND 9: any number of `dns64` clauses, each of which adds an AAAA record for every A record. */
import { compileRefusals, IPV4_SPECIAL_PURPOSE, LABORATORY_BLOCKS, parseIPv4 } from "@nat64/rfc6052";
import { LARGEST_PLAIN_ANSWER, maxAddresses } from "../answer-size.ts";
import type { Dns64Plan, Dns64Server } from "./server.ts";

export const bind: Dns64Server = {
  name: "bind",
  most: 3,
  file: "/etc/bind/v6peer-dns64.conf",
  check: "named-checkconf",
  // Zones are left alone. Synthesized answers are not cached by named itself.
  reload: "rndc reconfig",
  usage: ['Put this line into options { } or into a view:  include "/etc/bind/v6peer-dns64.conf";'],
  whole: clauses,
  part: clauses,
};

/** Bytes on the wire of a name such as www.department.example.net. */
const USUAL_NAME = 32;

function clauses({ prefixes, isLab }: Dns64Plan): readonly string[] {
  if (prefixes.length === 0) return ["# No prefix is in use."];
  const most = maxAddresses(USUAL_NAME, prefixes.length);
  const mapped = [...DISCOVERY, ...refusedBlocks(isLab).map((block) => `!${block}`), "any"];
  return [
    `# Answers stay within ${LARGEST_PLAIN_ANSWER} bytes for names of ${USUAL_NAME} bytes with up to ${most} IPv4 addresses.`,
    ...prefixes.flatMap((prefix) => [`dns64 ${prefix} {`, `    mapped { ${mapped.join("; ")}; };`, "};"]),
  ];
}

/** The addresses of ipv4only.arpa, by which hosts find NAT64 prefixes (RFC 7050 §2.2). */
const DISCOVERY = ["192.0.0.170", "192.0.0.171"];

/** Multicast has a registry of its own. */
const MULTICAST = "224.0.0.0/4";

/** IPv4 blocks that cannot be reached through a NAT64 (RFC 6052 §3.1): AAAA records for them are useless. */
function refusedBlocks(isLab: boolean): readonly string[] {
  const refusals = compileRefusals({ allow: isLab ? LABORATORY_BLOCKS : [] });
  const blocks = [...IPV4_SPECIAL_PURPOSE.map(({ block }) => block), MULTICAST].map((block) => ({
    block,
    ...first(block),
  }));
  return blocks
    .filter(({ word, length }) => refusals.refusesIPv4(word) && !isInside(blocks, word, length))
    .map(({ block }) => block);
}

function first(block: string): { readonly word: number; readonly length: number } {
  const [address, length] = block.split("/");
  return { word: parseIPv4(address), length: Number(length) };
}

/** Whether a larger block contains it. */
function isInside(
  blocks: readonly { readonly word: number; readonly length: number }[],
  word: number,
  length: number,
): boolean {
  return blocks.some((each) => each.length < length && (each.word ^ word) >>> (32 - each.length) === 0);
}
