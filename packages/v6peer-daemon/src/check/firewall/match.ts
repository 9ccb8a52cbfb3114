/** Evaluates a condition of a rule for an example packet: true, false or unknown. */
import { AddressError, cidrContains, parseBlock } from "@nat64/rfc6052";
import type { Json } from "./ruleset.ts";

/** An example packet, with the fields that firewalls usually match. Conditions on missing fields are unknown. */
export interface ExamplePacket {
  readonly family: "ip" | "ip6";
  /** Interface that it comes in by. */
  readonly iif: string | undefined;
  /** The one that it is to leave by; `null` for what stays on this host. */
  readonly oif: string | undefined | null;
  readonly saddr?: string;
  readonly daddr?: string;
  readonly l4proto: "tcp" | "udp";
  readonly dport?: number;
  readonly state: "new" | "established";
}

/** `undefined`: it depends on what is not known of the packet, or on a condition that is not understood. */
export type Answer = boolean | undefined;

/** Looks up the elements of a named set of the rule's table. */
export type FindSet = (name: string) => readonly Json[] | undefined;

/** Evaluates the `match` of a rule. */
export function matches(match: Json, packet: ExamplePacket, findSet: FindSet): Answer {
  const { op, left, right } = fieldsOf(match);
  const value = foundIn(left ?? null, packet);
  if (value === null) return false;
  const holds = value === undefined ? undefined : equals(right ?? null, value, findSet);
  if (op === "==" || op === "in") return holds;
  return op === "!=" && holds !== undefined ? !holds : undefined;
}

/**
 * What the packet has where an expression looks; `null` when it has no such thing (a rule about IPv4 and an IPv6 packet),
 * `undefined` when that is not known.
 */
export function foundIn(expression: Json, packet: ExamplePacket): string | number | null | undefined {
  const { meta, ct, payload } = fieldsOf(expression);
  if (meta !== undefined) return metaOf(String(fieldsOf(meta).key), packet);
  if (ct !== undefined) return fieldsOf(ct).key === "state" ? packet.state : undefined;
  if (payload === undefined) return undefined;
  const { protocol, field } = fieldsOf(payload);
  if (protocol === "ip" || protocol === "ip6") {
    if (protocol !== packet.family) return null;
    if (field === "saddr" || field === "daddr") return packet[field];
    return (protocol === "ip" && field === "protocol") || field === "nexthdr" ? packet.l4proto : undefined;
  }
  if (protocol === "icmp" || protocol === "icmpv6") return null;
  if (["tcp", "udp", "sctp", "dccp", "udplite"].includes(String(protocol))) {
    if (protocol !== packet.l4proto) return null;
    return field === "dport" ? packet.dport : undefined;
  }
  return undefined;
}

function metaOf(key: string, packet: ExamplePacket): string | null | undefined {
  switch (key) {
    case "iif":
    case "iifname":
      return packet.iif;
    case "oif":
    case "oifname":
      return packet.oif;
    case "nfproto":
      return packet.family === "ip6" ? "ipv6" : "ipv4";
    case "protocol":
      return packet.family;
    case "l4proto":
      return packet.l4proto;
    default:
      return undefined;
  }
}

/** Whether a value is what the right side of a condition names: a value, several, a range, a prefix, a set. */
export function equals(right: Json, value: string | number, findSet: FindSet): Answer {
  if (Array.isArray(right)) return anyOf(right.map((each) => equals(each, value, findSet)));
  if (typeof right === "number") return right === value;
  if (typeof right === "string") {
    if (!right.startsWith("@")) return equalsText(right, String(value));
    const elements = findSet(right.slice(1));
    return elements === undefined ? undefined : equals([...elements], value, findSet);
  }
  const { set, range, prefix, elem } = fieldsOf(right);
  if (set !== undefined) return equals(set, value, findSet);
  if (elem !== undefined) return equals(fieldsOf(elem).val ?? null, value, findSet);
  if (Array.isArray(range)) return isWithin(range[0], range[1], value);
  if (prefix === undefined) return undefined;
  const { addr, len } = fieldsOf(prefix);
  return containsAddress(`${addr}/${len}`, String(value));
}

/** Yes if one is; no only if all are. */
export function anyOf(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function equalsText(right: string, value: string): Answer {
  if (right.endsWith("*")) return value.startsWith(right.slice(0, -1));
  return right === value || (right.includes(":") && containsAddress(right, value));
}

function isWithin(first: Json | undefined, last: Json | undefined, value: string | number): Answer {
  if (typeof first !== "number" || typeof last !== "number" || typeof value !== "number") return undefined;
  return first <= value && value <= last;
}

function containsAddress(block: string, address: string): Answer {
  try {
    return cidrContains(parseBlock(block), parseBlock(address));
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** The fields of an object; none of anything else. */
export function fieldsOf(json: Json): Readonly<Record<string, Json | undefined>> {
  return json !== null && typeof json === "object" && !Array.isArray(json) ? json : {};
}
