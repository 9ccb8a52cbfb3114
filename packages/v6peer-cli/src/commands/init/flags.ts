/** The answers from the command line, with defaults for everything else. */
import { UsageError } from "@nat64/daemon-kit/command-line";
import { type Answers, type CoordinatorAnswers, type ExitChoice, parseCoordinator } from "./answers.ts";
import type { HostFacts } from "./host-facts.ts";
import { problemsOf } from "./judge.ts";
import { proposeIPv4, proposePrefixes } from "./proposals.ts";

/** Options of `v6peer init` that answer questions. */
export interface AnswerFlags {
  readonly prefix?: string;
  readonly lab?: true;
  readonly exits?: ExitChoice;
  readonly pool?: readonly string[];
  readonly coordinator?: string;
  readonly pin?: string;
  readonly ca?: string;
  readonly invite?: string;
  readonly abuse?: string;
  readonly listed?: true;
  readonly relay?: "system" | "builtin";
  readonly relayAddress?: string;
  readonly bandwidth?: string;
}

/** The option that answers for a key of the file. */
const FLAGS: Readonly<Record<string, string>> = {
  prefix: "--prefix",
  lab: "--lab",
  bandwidth: "--bandwidth",
  "local-exit": "--pool",
  "coordinator.host": "--coordinator",
  "coordinator.port": "--coordinator",
  "coordinator.pin": "--pin",
  "coordinator.ca": "--ca",
  "coordinator.invite": "--invite-file",
  "coordinator.abuse": "--abuse",
  "peer-exits": "--relay",
  "peer-exits.relay-address": "--relay-address",
};

/** The answers without questions. Throws a {@link UsageError} that names each option that is invalid or missing. */
export function answersFromFlags(flags: AnswerFlags, facts: HostFacts): Answers {
  const lab = flags.lab === true;
  const ipv4 = proposeIPv4(facts, lab);
  const exits = flags.exits ?? (flags.coordinator !== undefined && ipv4.exits === "local" ? "both" : ipv4.exits);
  refuseUnusedOptions(flags, exits);
  const relay = flags.relay ?? "system";
  const relayAddress = flags.relayAddress ?? (relay === "builtin" ? ipv4.relayAddress : undefined);
  const answers: Answers = {
    prefix: flags.prefix ?? proposedPrefix(facts, lab),
    lab,
    exits,
    pool: flags.pool ?? [],
    coordinator: coordinatorFrom(flags, exits),
    relay,
    ...(relayAddress !== undefined && { relayAddress }),
    ...(flags.bandwidth !== undefined && { bandwidth: flags.bandwidth }),
  };
  const problems = problemsOf(answers);
  if (problems.length === 0) return answers;
  const lines = problems.map(({ key, message }) => `${flagOf(key)}: ${message}`);
  throw new UsageError([...new Set(lines)].join("\nv6peer: "));
}

/** Refuses options about exits that were not chosen. */
function refuseUnusedOptions({ relay, relayAddress, pool }: AnswerFlags, exits: ExitChoice): void {
  if (exits === "peers" && pool !== undefined)
    throw new UsageError("--pool needs a local exit. Use --exits local or --exits both");
  if (exits !== "local" || (relay === undefined && relayAddress === undefined)) return;
  throw new UsageError("--relay needs exits through IPv4 peers. Use --exits peers or --exits both");
}

/** Only a prefix that looks routed is used without a question. */
function proposedPrefix(facts: HostFacts, lab: boolean): string {
  const proposals = proposePrefixes(facts, lab);
  const routed = proposals.find(({ isRouted }) => isRouted);
  if (routed !== undefined) return routed.prefix;
  const hint = proposals.length === 0 ? "" : `, such as ${proposals[0].prefix} (${proposals[0].why})`;
  throw new UsageError(`--prefix is required: the routes of this host do not show which /80 to use${hint}`);
}

function coordinatorFrom(flags: AnswerFlags, exits: ExitChoice): CoordinatorAnswers | undefined {
  const { coordinator, pin, ca, invite, abuse, listed } = flags;
  if (coordinator === undefined) {
    if (exits !== "local")
      throw new UsageError(
        "--coordinator is required for exits through IPv4 peers. There is no public coordinator yet",
      );
    const lone = Object.entries({ pin, ca, "invite-file": invite, abuse, listed }).find(
      ([, value]) => value !== undefined,
    );
    if (lone !== undefined) throw new UsageError(`--${lone[0]} requires --coordinator`);
    return undefined;
  }
  if (abuse === undefined)
    throw new UsageError("--abuse is required with a coordinator: an e-mail address or URL for complaints");
  return { ...parseCoordinator(coordinator), pin, ca, invite, abuse, listed: listed === true };
}

function flagOf(key: string): string {
  const known = Object.keys(FLAGS)
    .filter((each) => key === each || key.startsWith(`${each}.`) || key.startsWith(`${each}[`))
    .sort((a, b) => b.length - a.length)[0];
  return known === undefined ? key : FLAGS[known];
}
