/** The questions about the coordinator. */
import { confirm } from "@clack/prompts";
import { type CoordinatorAnswers, type ExitChoice, parseCoordinator } from "./answers.ts";
import type { AnswerFlags } from "./flags.ts";
import { complaintAbout } from "./judge.ts";
import { answered, askText } from "./prompt.ts";

/** Asks for everything that the options do not answer; `undefined` without a coordinator. Throws `Cancelled`. */
export async function askCoordinator(flags: AnswerFlags, exits: ExitChoice): Promise<CoordinatorAnswers | undefined> {
  const host = flags.coordinator ?? (await askHost(exits !== "local"));
  if (host === "") return undefined;
  const pin = flags.pin ?? (flags.ca === undefined ? await askPin() : "");
  const invite = flags.invite ?? (await askInvite());
  const abuse = flags.abuse ?? (await askAbuse());
  const listed =
    flags.listed ??
    answered(await confirm({ message: "List the prefix publicly, for everyone to use?", initialValue: false }));
  return {
    ...parseCoordinator(host),
    ...(pin !== "" && { pin }),
    ca: flags.ca,
    ...(invite !== "" && { invite }),
    abuse,
    listed,
  };
}

function askHost(isNeeded: boolean): Promise<string> {
  return askText({
    message: `Which coordinator?${isNeeded ? "" : " There is no public one yet. Leave this empty unless you have one; a local exit does not need it."}`,
    placeholder: isNeeded ? "coordinator.example.net" : "none",
    ...(isNeeded && { needed: "exits through IPv4 peers need a coordinator" }),
    complain: (value) => {
      const place = parseCoordinator(value);
      return complain("host", place) ?? complain("port", place);
    },
  });
}

function askPin(): Promise<string> {
  return askText({
    message: "Its pin? Leave empty if its certificate is signed by a CA this host trusts.",
    placeholder: "sha256//…",
    complain: (pin) => complain("pin", { pin }),
  });
}

function askInvite(): Promise<string> {
  return askText({
    message: "An invite, if the coordinator requires one?",
    complain: (invite) => complain("invite", { invite }),
  });
}

function askAbuse(): Promise<string> {
  return askText({
    message: "Complaint contact: which e-mail address or URL?",
    placeholder: "abuse@example.net",
    needed: "the coordinator requires a complaint contact",
    complain: (abuse) => complain("abuse", { abuse }),
  });
}

function complain(key: string, part: Partial<CoordinatorAnswers>): string | undefined {
  const good = { host: "c.example", abuse: "abuse@example.net", listed: false };
  return complaintAbout(`coordinator.${key}`, { coordinator: { ...good, ...part } });
}
