/** Watches a drain from its beginning to its end. */
import { setTimeout as sleep } from "node:timers/promises";
import { type DaemonClient, DaemonError, type DrainReport, type Status } from "@nat64/v6peer-daemon/client";

/** How far a drain is: what a line of `--json` holds. */
export interface DrainStep {
  /** `ended`: nothing is left of it; `cancelled`: somebody has taken it back. */
  readonly state: "draining" | "ended" | "cancelled";
  readonly exit?: string;
  readonly endsIn?: number;
  /** Open sessions that are left. */
  readonly sessions?: number;
  /** New flows that were refused since it was begun to watch. */
  readonly refused?: number;
  /** Sessions that time did not suffice for; left out where nobody is there any more to tell. */
  readonly cutOff?: number;
}

/** Milliseconds between two looks: short enough to hear of the end before the daemon is gone. */
const LOOK_INTERVAL = 500;

/** Looks twice a second; the last step is the end. */
export async function* followDrain(client: DaemonClient, { exit, peer }: DrainReport): AsyncGenerator<DrainStep> {
  const what = exit === undefined ? {} : { exit };
  let before: number | undefined;
  for (;;) {
    await sleep(LOOK_INTERVAL);
    let status: Status;
    try {
      status = await client.ask("status");
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      // Nobody there any more: of everything, that is what was asked for.
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
