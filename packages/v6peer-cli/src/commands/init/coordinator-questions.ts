/** What there is to ask about the coordinator. */
import { confirm } from "@clack/prompts";
import { type CoordinatorAnswers, type ExitChoice, parseCoordinator } from "./answers.ts";
import type { AnswerFlags } from "./flags.ts";
import { complaintAbout } from "./judge.ts";
import { answered, askText } from "./prompt.ts";

/** Asks for what no flag has answered; nothing where nobody wants one. Throws `Cancelled`. */
export async function askCoordinator(flags: AnswerFlags, exits: ExitChoice): Promise<CoordinatorAnswers | undefined> {
  const host = flags.coordinator ?? (await askHost(exits !== "local"));
  if (host === "") return undefined;
  const pin = flags.pin ?? (flags.ca === undefined ? await askPin() : "");
  const invite = flags.invite ?? (await askInvite());
  const abuse = flags.abuse ?? (await askAbuse());
  const listed =
    flags.listed ??
    answered(await confirm({ message: "List the prefix publicly, for everybody to use?", initialValue: false }));
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
    message: `Which coordinator?${isNeeded ? "" : " None is public yet, and a local exit works without: leave it empty."}`,
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
    message: "Its pin? Empty if its certificate is from a CA that this host trusts.",
    placeholder: "sha256//…",
    complain: (pin) => complain("pin", { pin }),
  });
}

function askInvite(): Promise<string> {
  return askText({ message: "An invite, if it asks for one?", complain: (invite) => complain("invite", { invite }) });
}

function askAbuse(): Promise<string> {
  return askText({
    message: "Where are complaints to be sent: an e-mail address or a URL?",
    placeholder: "abuse@example.net",
    needed: "the coordinator asks for it",
    complain: (abuse) => complain("abuse", { abuse }),
  });
}

function complain(key: string, part: Partial<CoordinatorAnswers>): string | undefined {
  const good = { host: "c.example", abuse: "abuse@example.net", listed: false };
  return complaintAbout(`coordinator.${key}`, { coordinator: { ...good, ...part } });
}
