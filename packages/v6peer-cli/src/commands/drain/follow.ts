/** Watches a drain until it ends. */
import { setTimeout as sleep } from "node:timers/promises";
import { type DaemonClient, DaemonError, type DrainReport, type Status } from "@nat64/v6peer-daemon/client";

/** The state of a drain, as in a line of `--json`. */
export interface DrainStep {
  /** `ended`: all sessions have ended; `cancelled`: the drain was cancelled. */
  readonly state: "draining" | "ended" | "cancelled";
  readonly exit?: string;
  readonly endsIn?: number;
  /** Remaining open sessions. */
  readonly sessions?: number;
  /** New flows refused since the watch started. */
  readonly refused?: number;
  /** Sessions that were reset because time was up; left out if the daemon has already stopped. */
  readonly cutOff?: number;
}

/** Poll interval, short enough to see the end before the daemon stops. */
const POLL_INTERVAL_MS = 500;

/** Reads the status twice per second. The last step is the end. */
export async function* followDrain(client: DaemonClient, { exit, peer }: DrainReport): AsyncGenerator<DrainStep> {
  const what = exit === undefined ? {} : { exit };
  let before: number | undefined;
  for (;;) {
    await sleep(POLL_INTERVAL_MS);
    let status: Status;
    try {
      status = await client.ask("status");
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      // The daemon has stopped, as expected after a drain of everything.
      if (exit === undefined) yield { state: "ended" };
      if (exit === undefined) return;
      throw error;
    }
    const refused = status.counters.engine.drops.draining ?? 0;
    before ??= refused;
    const step = peer === undefined ? stepOf(status, exit) : stepOfPeer(status, Number(exit));
    yield { ...what, ...step, refused: refused - before };
    if (step.state !== "draining") return;
  }
}

/** Of everything, or of the local exit. */
function stepOf({ draining }: Status, exit: string | undefined): DrainStep {
  const progress = exit === undefined ? draining.all : draining.local;
  if (progress === undefined) return { state: "cancelled" };
  const { state, endsIn, sessions, cutOff } = progress;
  return state === "draining" ? { state, endsIn, sessions } : { state: "ended", sessions, cutOff };
}

/** A peer exit is gone when it has drained. */
function stepOfPeer({ peer, draining }: Status, exit: number): DrainStep {
  const found = peer?.exits.find((each) => each.exit === exit);
  if (found === undefined) return { state: "ended" };
  if (found.drainEndsInMs === undefined) return { state: "cancelled" };
  return { state: "draining", endsIn: Math.ceil(found.drainEndsInMs / 1000), sessions: draining.openSessions[exit] };
}
