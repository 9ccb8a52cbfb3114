import { formatDuration } from "@nat64/daemon-kit/command-line";
import { formatCount } from "./units.ts";

/** "1 open session left". */
export function sessionsLeft(count: number): string {
  return `${formatCount(count)} open session${count === 1 ? "" : "s"} left`;
}

/** "ends in 1m 5s at the latest". */
export function endsIn(seconds: number): string {
  return `ends in ${formatDuration(seconds)} at the latest`;
}
