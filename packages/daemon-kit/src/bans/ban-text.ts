/** Bans as lines for people. */
import { formatDuration } from "../command-line/index.ts";
import type { ListedBan } from "./ban.ts";
import type { BanReport } from "./requests.ts";

/** A line of the list. */
export function describeBan({ kind, target, at, by, why, until, secondsLeft }: ListedBan): string {
  const end = until === undefined ? "no end" : `until ${shortTime(until)} (${formatDuration(secondsLeft ?? 0)} left)`;
  return `${target}  ${kind}  since ${shortTime(at)} by ${by}  ${end}${why === undefined ? "" : `  ${why}`}`;
}

/** The outcome of `ban`. */
export function describeAdded({ ban, covers, replaced, problem }: BanReport): readonly string[] {
  const { target, until } = ban;
  const end = until === undefined ? "until you lift it" : `until ${shortTime(until)}`;
  return [
    `Banned ${target} ${end}: ${covers}.`,
    ...(replaced === true ? ["This replaces the earlier ban of the same target."] : []),
    ...trouble(problem),
  ];
}

/** The outcome of `unban`. */
export function describeLifted({ ban, others = [], problem }: BanReport): readonly string[] {
  return [
    `The ban of ${ban.target} is lifted.`,
    ...(others.length === 0 ? [] : [`These bans still cover it or a part of it: ${others.join(", ")}.`]),
    ...trouble(problem),
  ];
}

function trouble(problem: string | undefined): readonly string[] {
  return problem === undefined
    ? []
    : [`It is in effect, but it cannot be saved, and a restart would forget it: ${problem}`];
}

/** "2031-05-17 12:30 UTC". */
function shortTime(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
