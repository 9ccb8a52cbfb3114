/** The commands `ban`, `bans` and `unban`, the same for all programs. */
import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { ExitCode, jsonOption, UsageError } from "../command-line/index.ts";
import { type ListedBan, MAX_BAN_SECONDS, MAX_NAME_LENGTH, MAX_WHY_LENGTH } from "./ban.ts";
import { describeAdded, describeBan, describeLifted } from "./ban-text.ts";
import { parseDuration } from "./duration.ts";
import type { BanReport, BanRequest, BansReport, UnbanRequest } from "./requests.ts";

/** Options of `ban`. */
export interface BanOptions {
  /** Seconds. */
  readonly for?: number;
  readonly why?: string;
  readonly force?: true;
  readonly json?: true;
}

/** Options of `bans` and `unban`. */
export interface JsonOption {
  readonly json?: true;
}

/** The requests that these commands send. */
export interface BanClient {
  ban(request: BanRequest): Promise<BanReport>;
  unban(request: UnbanRequest): Promise<BanReport>;
  bans(onPart: (bans: readonly ListedBan[]) => void): Promise<BansReport>;
}

/** Describes `ban`. @param targets what can be banned, in a sentence */
export function describeBanCommand(command: Command, targets: string): Command {
  return command
    .argument("<target>", targets)
    .option("--for <time>", 'How long, such as 90s, 2h or "1d 12h" (default: until it is lifted).', seconds)
    .option("--why <text>", "The reason, for the list of bans and the audit log.", reason)
    .option("--force", "Ban it even if that covers every address, or addresses of your own.")
    .addOption(jsonOption());
}

/** Carries out `ban`. @param write takes a line */
export async function runBan(
  client: Pick<BanClient, "ban">,
  target: string,
  { for: lasts, why, force, json }: BanOptions,
  write: (line: string) => void,
): Promise<number> {
  const from = loginAddress();
  const report = await client.ban({
    target: targetOf(target),
    by: userName(),
    ...(lasts !== undefined && { seconds: lasts }),
    ...(why !== undefined && { why }),
    ...(from !== undefined && { from }),
    ...(force !== undefined && { force }),
  });
  if (json) write(JSON.stringify(report, null, 2));
  else for (const line of describeAdded(report)) write(line);
  return ExitCode.ok;
}

/** Carries out `unban`. @param write takes a line */
export async function runUnban(
  client: Pick<BanClient, "unban">,
  target: string,
  { json }: JsonOption,
  write: (line: string) => void,
): Promise<number> {
  const report = await client.unban({ target: targetOf(target), by: userName() });
  if (json) write(JSON.stringify(report, null, 2));
  else for (const line of describeLifted(report)) write(line);
  return ExitCode.ok;
}

/** Carries out `bans`: a line for each, as they come; with `json` an object on each line. @param write takes a line */
export async function runBans(
  client: Pick<BanClient, "bans">,
  { json }: JsonOption,
  write: (line: string) => void,
): Promise<number> {
  const { listed, problem } = await client.bans((bans) => {
    for (const ban of bans) write(json ? JSON.stringify(ban) : describeBan(ban));
  });
  if (listed === 0 && !json) write("No bans.");
  if (problem !== undefined && !json) write(`The bans cannot be saved, and a restart would forget changes: ${problem}`);
  return ExitCode.ok;
}

function targetOf(text: string): string {
  if (text.trim() !== "") return text.trim();
  throw new UsageError("there is nothing to ban: the target is empty");
}

function seconds(text: string): number {
  const found = parseDuration(text);
  if (found === undefined) {
    throw new InvalidArgumentError('Expected a duration such as 90s, 30min, 2h, 1d or "1d 12h".');
  }
  const whole = Math.round(found);
  if (whole >= 1 && whole <= MAX_BAN_SECONDS) return whole;
  throw new InvalidArgumentError(
    "Expected at least one second and at most ten years; without --for, a ban has no end.",
  );
}

function reason(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in it
  if (text.trim() !== "" && text.length <= MAX_WHY_LENGTH && !/[\u0000-\u001f\u007f-\u009f]/.test(text)) return text;
  throw new InvalidArgumentError(`Expected one line of at most ${MAX_WHY_LENGTH} characters.`);
}

/** Who runs the command: behind sudo, the user who did that. */
function userName(): string {
  const name = process.env.SUDO_USER ?? nameOfUid();
  return name.replace(/\p{Cc}/gu, "").slice(0, MAX_NAME_LENGTH) || "unknown";
}

function nameOfUid(): string {
  try {
    return userInfo().username;
  } catch {
    // The user is not in the system's list.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** The address from which sshd says that this user is logged in. */
function loginAddress(): string | undefined {
  const address = process.env.SSH_CONNECTION?.split(" ")[0];
  return address !== undefined && /^[0-9a-fA-F:.]{2,45}$/.test(address) ? address : undefined;
}
