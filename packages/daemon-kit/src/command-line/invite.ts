/** The invite of a coordinator on the command line of a program. */
import { readFileSync } from "node:fs";
import { InvalidArgumentError, Option } from "commander";
import { explainError } from "../system/explain-error.ts";
import { parsePath } from "./options.ts";

/** Holds the invite, as an alternative to a file. Only its owner sees the environment of a process. */
export const INVITE_VARIABLE = "NAT64_INVITE";

/** Far more than an invite. */
const MAX_CHARACTERS = 1000;

/**
 * `--invite-file FILE`; its value is the invite. There is no option for the invite itself, because every user of a host can read
 * the command lines of all processes (`/proc/PID/cmdline`).
 */
export function inviteOption(): Option {
  const description = `File with the invite, if the coordinator requires one (or set ${INVITE_VARIABLE}).`;
  return new Option("--invite-file <file>", description).argParser(readInvite);
}

/** The invite from `--invite-file`, or else from the environment. */
export function inviteOf(
  { inviteFile }: { readonly inviteFile?: string },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return inviteFile ?? environment[INVITE_VARIABLE];
}

function readInvite(path: string): string {
  try {
    return readFileSync(parsePath(path), "utf8").slice(0, MAX_CHARACTERS).trim();
  } catch (error) {
    throw error instanceof InvalidArgumentError ? error : new InvalidArgumentError(explainError(error));
  }
}
