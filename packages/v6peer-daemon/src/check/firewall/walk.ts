/** Evaluates a chain for an example packet, rule by rule as the kernel does. */
import { anyOf, type ExamplePacket, equals, type FindSet, fieldsOf, foundIn, matches } from "./match.ts";
import { type Chain, type Json, nameIn, type Ruleset } from "./ruleset.ts";

/** `may-drop`: it depends on a condition that cannot be evaluated. */
export type Verdict = "accept" | "drop" | "may-drop";

/** A verdict, or `continue`: no rule decided. */
type Course = Verdict | "continue";

/** The limit of nested jumps, as in the kernel (NFT_JUMP_STACK_SIZE). */
const MAX_JUMP_DEPTH = 16;

/** Whether a chain sees packets of a family at all. */
export function sees({ family }: Chain, packet: ExamplePacket): boolean {
  return family === "inet" || family === packet.family;
}

/** The verdict of a base chain. */
export function walk(chain: Chain, packet: ExamplePacket, ruleset: Ruleset): Verdict {
  const course = through(chain, packet, ruleset, 0);
  if (course !== "continue") return course;
  return chain.policy === "drop" ? "drop" : "accept";
}

function through(chain: Chain, packet: ExamplePacket, ruleset: Ruleset, depth: number): Course {
  if (depth > MAX_JUMP_DEPTH) return "may-drop";
  // A rule with an unknown condition makes later verdicts uncertain: an accept weakens drops, a drop weakens accepts.
  let mayAccept = false;
  let mayDrop = false;
  const weakened = (course: Verdict): Verdict => {
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
    if (holds === true) return weakened(course);
    if (course === "accept") mayAccept = true;
    else mayDrop = true;
  }
  if (chain.policy !== undefined) return weakened(chain.policy === "drop" ? "drop" : "accept");
  // Return to the calling chain, which must know that a rule may have dropped the packet.
  return mayDrop ? "may-drop" : "continue";
}

interface Applied {
  readonly course: Course | "return";
  readonly holds: boolean | undefined;
}

function apply(rule: readonly Json[], chain: Chain, packet: ExamplePacket, ruleset: Ruleset, depth: number): Applied {
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

/** Statements whose result depends on more than the packet: limits, quotas, iptables matches. */
const CONDITIONS: ReadonlySet<string> = new Set(["limit", "quota", "ct count", "connlimit", "xt"]);

/** The effect of a statement; `undefined` for one that only counts, logs or marks. */
function verdictOf(
  key: string,
  value: Json,
  chain: Chain,
  packet: ExamplePacket,
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

function throughMap(value: Json, chain: Chain, packet: ExamplePacket, ruleset: Ruleset, depth: number): Applied {
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
