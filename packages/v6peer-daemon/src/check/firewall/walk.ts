/** What a chain does to an imagined packet: its rules one by one, as the kernel goes through them. */
import { anyOf, equals, type FindSet, fieldsOf, foundIn, type ImaginedPacket, matches } from "./match.ts";
import { type Chain, type Json, nameIn, type Ruleset } from "./ruleset.ts";

/** `may-drop`: it depends on a condition that cannot be judged. */
export type Verdict = "accept" | "drop" | "may-drop";

/** A verdict, or that the rules went on to what follows them. */
type Course = Verdict | "continue";

/** Deeper jumps the kernel does not take either (NFT_JUMP_STACK_SIZE). */
const DEEPEST = 16;

/** Whether a chain sees packets of a family at all. */
export function sees({ family }: Chain, packet: ImaginedPacket): boolean {
  return family === "inet" || family === packet.family;
}

/** What a base chain does in the end. */
export function walk(chain: Chain, packet: ImaginedPacket, ruleset: Ruleset): Verdict {
  const course = through(chain, packet, ruleset, 0);
  if (course !== "continue") return course;
  return chain.policy === "drop" ? "drop" : "accept";
}

function through(chain: Chain, packet: ImaginedPacket, ruleset: Ruleset, depth: number): Course {
  if (depth > DEEPEST) return "may-drop";
  // What a rule that may or may not hold would do: an accept weakens each later drop, a drop each later accept.
  let mayAccept = false;
  let mayDrop = false;
  const settle = (course: Verdict): Verdict => {
    if (course === "accept") return mayDrop ? "may-drop" : "accept";
    return course === "drop" && mayAccept ? "may-drop" : course;
  };
  for (const rule of chain.rules) {
    const { course, holds } = apply(rule, chain, packet, ruleset, depth);
    if (course === "continue" || holds === false) continue;
    if (course === "return") {
      if (holds === true) break;
      continue;
    }
    if (holds === true) return settle(course);
    if (course === "accept") mayAccept = true;
    else mayDrop = true;
  }
  if (chain.policy !== undefined) return settle(chain.policy === "drop" ? "drop" : "accept");
  // Back to the chain that jumped here: what may have happened is not forgotten.
  return mayDrop ? "may-drop" : "continue";
}

interface Applied {
  readonly course: Course | "return";
  readonly holds: boolean | undefined;
}

function apply(rule: readonly Json[], chain: Chain, packet: ImaginedPacket, ruleset: Ruleset, depth: number): Applied {
  const findSet: FindSet = (name) => ruleset.sets.get(nameIn(chain, name));
  let holds: boolean | undefined = true;
  for (const statement of rule) {
    const [key, value] = Object.entries(fieldsOf(statement))[0] ?? ["", null];
    if (key === "match") {
      const answer = matches(value ?? null, packet, findSet);
      if (answer === false) return { course: "continue", holds: false };
      if (answer === undefined) holds = undefined;
    } else if (key === "vmap") {
      const course = throughMap(value ?? null, chain, packet, ruleset, depth);
      if (course.course !== "continue") return { ...course, holds: holds === true ? course.holds : undefined };
    } else if (CONDITIONS.has(key)) {
      holds = undefined;
    } else {
      const course = verdictOf(key, value ?? null, chain, packet, ruleset, depth);
      if (course !== undefined) return { course, holds };
    }
  }
  return { course: "continue", holds };
}

/** Statements that let some packets go on and others not: limits, quotas, matches of iptables. */
const CONDITIONS: ReadonlySet<string> = new Set(["limit", "quota", "ct count", "connlimit", "xt"]);

/** What a statement does to a packet that comes to it; nothing for those that only count, log or mark. */
function verdictOf(
  key: string,
  value: Json,
  chain: Chain,
  packet: ImaginedPacket,
  ruleset: Ruleset,
  depth: number,
): Course | "return" | undefined {
  if (key === "accept" || key === "drop" || key === "return") return key;
  if (key === "reject") return "drop";
  if (key === "queue") return "may-drop";
  if (key !== "jump" && key !== "goto") return undefined;
  const { target } = fieldsOf(value);
  const next = ruleset.chains.find((each) => nameIn(each, each.name) === nameIn(chain, String(target)));
  const course = next === undefined ? "may-drop" : through(next, packet, ruleset, depth + 1);
  if (course !== "continue") return course;
  return key === "goto" ? "return" : undefined;
}

function throughMap(value: Json, chain: Chain, packet: ImaginedPacket, ruleset: Ruleset, depth: number): Applied {
  const { key, data } = fieldsOf(value);
  const findSet: FindSet = (name) => ruleset.sets.get(nameIn(chain, name));
  const found = foundIn(key ?? null, packet);
  const inline = fieldsOf(data ?? null).set;
  const elements = typeof data === "string" ? findSet(data.slice(1)) : Array.isArray(inline) ? inline : undefined;
  if (found === null) return { course: "continue", holds: false };
  let isUnsure = found === undefined || elements === undefined;
  for (const element of elements ?? []) {
    if (!Array.isArray(element) || found === undefined) continue;
    const answer = anyOf([equals(element[0] ?? null, found, findSet)]);
    if (answer === undefined) isUnsure = true;
    if (answer !== true) continue;
    const [verdict, argument] = Object.entries(fieldsOf(element[1] ?? null))[0] ?? ["", null];
    return { course: verdictOf(verdict, argument ?? null, chain, packet, ruleset, depth) ?? "continue", holds: true };
  }
  return isUnsure ? { course: "may-drop", holds: undefined } : { course: "continue", holds: false };
}
