import type { DrainReport } from "@nat64/v6peer-daemon/client";
import { endsIn, sessionsLeft } from "../../output/drain-words.ts";
import type { Output } from "../../output/output.ts";
import { formatCount } from "../../output/units.ts";
import type { DrainStep } from "./follow.ts";

/** Seconds between two lines when the output is not a terminal. */
const LINE_INTERVAL_SECONDS = 10;

/** Shows a drain: one changing line on a terminal, a line every few seconds elsewhere, one JSON object per step with --json. */
export class DrainDisplay {
  readonly #output: Output;
  readonly #json: boolean;
  #lastAt = 0;

  constructor(output: Output, json: boolean) {
    this.#output = output;
    this.#json = json;
  }

  /** @param name what drains, as the subject of a sentence */
  begin(name: string, report: DrainReport): void {
    const { endsIn: seconds = 0, sessions, othersTakeClients } = report;
    if (this.#json) {
      this.#output.line(JSON.stringify({ state: "draining", ...report }));
      return;
    }
    this.#output.line(`${name} is draining: ${sessionsLeft(sessions)}, ${endsIn(seconds)}.`);
    const isAll = report.exit === undefined;
    if (isAll) this.#output.line("New connections are refused now. v6peerd stops when the last session ends.");
    else if (othersTakeClients) this.#output.line("New clients leave through other exits.");
    else
      this.#output.line(
        this.#output.colors.yellow("No other exit accepts clients, so new connections are refused now."),
      );
  }

  show(name: string, step: DrainStep): void {
    if (this.#json) {
      this.#output.line(JSON.stringify(step));
      return;
    }
    const isLast = step.state !== "draining";
    if (this.#output.isTerminal) process.stdout.write(`\r\x1b[K${sentence(name, step)}${isLast ? "\n" : ""}`);
    else if (isLast || this.#isTime()) this.#output.line(sentence(name, step));
  }

  #isTime(): boolean {
    const now = performance.now();
    if (now - this.#lastAt < LINE_INTERVAL_SECONDS * 1000) return false;
    this.#lastAt = now;
    return true;
  }
}

function sentence(name: string, { state, endsIn: seconds = 0, sessions = 0, refused = 0, cutOff }: DrainStep): string {
  if (state === "cancelled") return `${name} is no longer draining: the drain was cancelled.`;
  if (state === "ended") {
    if (cutOff === undefined) return `${name} has drained.`;
    return cutOff === 0
      ? `${name} has drained: all sessions ended on their own.`
      : `${name} has drained: ${formatCount(cutOff)} session${cutOff === 1 ? " was" : "s were"} reset.`;
  }
  const turnedAway = refused === 0 ? "" : `, ${formatCount(refused)} packets for new connections refused`;
  return `${sessionsLeft(sessions)}, ${endsIn(seconds)}${turnedAway}`;
}
