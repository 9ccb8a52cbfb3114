/** The questions, with proposals. An invalid answer is refused with the reason, and the question is asked again. */
import { confirm, intro, log, note, outro, select } from "@clack/prompts";
import type { Answers, ExitChoice } from "./answers.ts";
import { askCoordinator } from "./coordinator-questions.ts";
import type { AnswerFlags } from "./flags.ts";
import type { HostFacts } from "./host-facts.ts";
import { complaintAbout } from "./judge.ts";
import { answered, askText } from "./prompt.ts";
import { type IPv4Proposal, proposeIPv4, proposePrefixes } from "./proposals.ts";

/** Asks for everything that the options do not answer. Throws {@link Cancelled}. */
export async function ask(flags: AnswerFlags, facts: HostFacts): Promise<Answers> {
  const lab = flags.lab === true;
  intro("v6peer init: create a configuration for v6peerd");
  const prefix = await askPrefix(flags.prefix, facts, lab);
  const ipv4 = proposeIPv4(facts, lab);
  const exits = flags.exits ?? (await askExits(ipv4));
  const pool = exits === "peers" ? [] : (flags.pool ?? (await askPool(ipv4)));
  const coordinator = await askCoordinator(flags, exits);
  const relay = exits === "local" ? "system" : (flags.relay ?? (await askRelay(ipv4)));
  const relayAddress = relay === "builtin" ? (flags.relayAddress ?? (await askRelayAddress(ipv4, lab))) : undefined;
  const bandwidth = flags.bandwidth ?? (await askBandwidth());
  return {
    prefix,
    lab,
    exits,
    pool,
    coordinator,
    relay,
    ...(relayAddress !== undefined && { relayAddress }),
    ...(bandwidth !== undefined && { bandwidth }),
  };
}

/** Shows the file and asks whether to write it. */
export async function confirmFile(path: string, content: string, exists: boolean): Promise<boolean> {
  note(content.trimEnd(), path, { format: (line) => line });
  return answered(await confirm({ message: exists ? `Replace ${path}?` : `Write ${path}?` }));
}

/** Prints the result and ends the dialogue. */
export function endDialogue(result: string): void {
  outro(result);
}

async function askPrefix(given: string | undefined, facts: HostFacts, lab: boolean): Promise<string> {
  const validate = (prefix: string) => complaintAbout("prefix", { prefix, lab });
  if (given !== undefined) {
    const complaint = validate(given);
    if (complaint === undefined) return given;
    log.error(complaint);
  }
  const proposals = proposePrefixes(facts, lab);
  const message = "Which /80 of your routed IPv6 prefix should be used for NAT64?";
  if (proposals.length > 0) {
    const choice = answered(
      await select<string>({
        message,
        options: [
          ...proposals.map(({ prefix, why, isRouted }) => ({
            value: prefix,
            label: isRouted ? prefix : `${prefix} (on-link?)`,
            hint: why,
          })),
          { value: "", label: "a different one" },
        ],
      }),
    );
    if (choice !== "") return choice;
  }
  return askText({ message, placeholder: "2001:db8:64::/80", needed: "a /80 is needed", complain: validate });
}

async function askExits({ exits, address }: IPv4Proposal): Promise<ExitChoice> {
  const local = address === undefined ? "this host has no IPv4 default route" : `this host has ${address}`;
  return answered(
    await select<ExitChoice>({
      message: "Where should IPv4 traffic leave?",
      initialValue: exits,
      options: [
        { value: "local", label: "through this host's own IPv4", hint: local },
        { value: "peers", label: "through IPv4 peers", hint: "needs a coordinator; there is no public one yet" },
        { value: "both", label: "both" },
      ],
    }),
  );
}

async function askPool({ address }: IPv4Proposal): Promise<readonly string[]> {
  const isPool = answered(
    await select({
      message: "With which IPv4 addresses?",
      options: [
        { value: false, label: `this host's own${address === undefined ? "" : `, ${address}`}`, hint: "masquerade" },
        { value: true, label: "a block routed to this host", hint: "pool" },
      ],
    }),
  );
  if (!isPool) return [];
  const split = (value: string) => value.split(/[\s,]+/).filter((each) => each !== "");
  const complain = (value: string) => complaintAbout("local-exit.pool", { exits: "local", pool: split(value) });
  const message = "Which IPv4 addresses or blocks?";
  return split(await askText({ message, placeholder: "203.0.113.64/28", needed: "a block is needed", complain }));
}

async function askRelay({ relayAddress }: IPv4Proposal): Promise<"system" | "builtin"> {
  return answered(
    await select<"system" | "builtin">({
      message: "Which Teredo relay?",
      options: [
        {
          value: "system",
          label: "the relay to which the network routes 2001::/32",
          hint: "your provider's, or your own Miredo",
        },
        {
          value: "builtin",
          label: "the relay built into v6peerd",
          hint: relayAddress === undefined ? "needs a public IPv4 address on this host" : `at ${relayAddress}`,
        },
      ],
    }),
  );
}

function askRelayAddress({ relayAddress }: IPv4Proposal, lab: boolean): Promise<string> {
  return askText({
    message: "Which public IPv4 address of this host should the relay use?",
    ...(relayAddress !== undefined && { initialValue: relayAddress }),
    needed: "the relay needs a public IPv4 address",
    complain: (address) =>
      complaintAbout("peer-exits.relay-address", {
        lab,
        prefix: lab ? "2001:db8::/80" : "2a00::/80",
        exits: "peers",
        relay: "builtin",
        relayAddress: address,
        coordinator: { host: "c.example", abuse: "abuse@example.net", listed: false },
      }),
  });
}

async function askBandwidth(): Promise<string | undefined> {
  const answer = await askText({
    message: "Bandwidth limit for each direction, in bits per second? Leave empty for no limit.",
    placeholder: "100M",
    complain: (bandwidth) => complaintAbout("bandwidth", { bandwidth }),
  });
  return answer === "" ? undefined : answer;
}
