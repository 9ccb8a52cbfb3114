import type { DrainReport } from "@nat64/v6peer-daemon/client";
import { endsIn, sessionsLeft } from "../../output/drain-words.ts";
import type { Output } from "../../output/output.ts";
import { formatCount } from "../../output/units.ts";
import type { DrainStep } from "./follow.ts";

/** Seconds between two lines where nobody sees a line that changes. */
const LINE_EVERY = 10;

/** Shows a drain: on a terminal one line that changes, elsewhere one now and then, as JSON one for each step. */
export class DrainDisplay {
  readonly #output: Output;
  readonly #json: boolean;
  #lastAt = 0;

  constructor(output: Output, json: boolean) {
    this.#output = output;
    this.#json = json;
  }

  /** @param name what drains, as the beginning of a sentence */
  begin(name: string, report: DrainReport): void {
    const { endsIn: seconds = 0, sessions, othersTakeClients } = report;
    if (this.#json) {
      this.#output.line(JSON.stringify({ state: "draining", ...report }));
      return;
    }
    this.#output.line(`${name} drains: ${sessionsLeft(sessions)}, ${endsIn(seconds)}.`);
    const isAll = report.exit === undefined;
    if (isAll) this.#output.line("New connections are refused at once; v6peerd ends when the last one has.");
    else if (othersTakeClients) this.#output.line("New clients leave through other exits.");
    else
      this.#output.line(
        this.#output.colors.yellow("No other exit takes clients: new connections are refused at once."),
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
    if (now - this.#lastAt < LINE_EVERY * 1000) return false;
    this.#lastAt = now;
    return true;
  }
}

function sentence(name: string, { state, endsIn: seconds = 0, sessions = 0, refused = 0, cutOff }: DrainStep): string {
  if (state === "cancelled") return `${name} does not drain any more: somebody has taken it back.`;
  if (state === "ended") {
    if (cutOff === undefined) return `${name} has drained.`;
    return cutOff === 0
      ? `${name} has drained: all sessions have ended by themselves.`
      : `${name} has drained: ${formatCount(cutOff)} session${cutOff === 1 ? " was" : "s were"} cut off.`;
  }
  const turnedAway = refused === 0 ? "" : `, ${formatCount(refused)} packets for new connections refused`;
  return `${sessionsLeft(sessions)}, ${endsIn(seconds)}${turnedAway}`;
}
